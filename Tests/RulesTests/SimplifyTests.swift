import Rules
import Testing

@Suite("Simplify: one canonical sum for one meaning")
struct SimplifyTests {
  @Test(
    "an expression and its canonical text",
    arguments: [
      (yPre - yPre, "0"),
      (2 * yPre * 3 + yPre, "7*y_pre"),
      (yPost * (yPre - back(yPost)), "-y_post*back(y_post) + y_post*y_pre"),
      (-eta * ePost * yPre - hebb * ePost * ePre, "-eta*e_post*y_pre - hebb*e_post*e_pre"),
      (yPre * yPre * yPre, "y_pre**3"),
      (yPre ** 2 * yPost / yPre, "y_post*y_pre"),
      ((yPre + 1) ** 2, "1 + 2*y_pre + y_pre**2"),
      (1 / (2 + 4 * yPre), "0.5/(1 + 2*y_pre)"),
      (back(eta * yPost + 2 * ePost), "2*back(e_post) + eta*back(y_post)"),
      (back(sum(yPost) * yPost) * yPost, "sum(y_post)*y_post*back(y_post)"),
      (dot(yPost, yPost) * w, "dot(y_post, y_post)*w"),
      (sum(yPost ** 2) * w, "dot(y_post, y_post)*w"),
      (dot(ahead(ePre), yPost) * w, "dot(back(y_post), e_pre)*w"),
      (dot(ePre, back(yPost)) * w, "dot(back(y_post), e_pre)*w"),
      (sum(ahead(yPre)), "dot(back(1), y_pre)"),
      (sum(yPost) / fanOut * w, "mean(y_post)*w"),
      (mean(3 * yPost + 1), "1 + 3*mean(y_post)"),
      (sum(yPost ** 0), "n_out"),
      (call(.tanh, -yPre * 2), "-tanh(2*y_pre)"),
      (call(.abs, -2 * yPre), "2*abs(y_pre)"),
      (call(.max, yPre, 0, yPre + 0), "max(0, y_pre)"),
      (call(.sqrt, 4) + call(.exp, 0), "3"),
      (yPre ** 0.5, "sqrt(y_pre)"),
      (w * w * b / w, "w*b"),
      (norm(-2 * yPre), "2*norm(y_pre)"),
    ] as [(Expression, String)])
  func canonicalText(expression: Expression, text: String) {
    let once = expression.simplified()
    #expect(Printer.text(once) == text)
    #expect(Printer.text(once.simplified()) == text)
  }
}
