import Rules
import Testing

@Suite("Owner: what a value belongs to")
struct OwnerTests {
  @Test(
    "owners join as in the table",
    arguments: [
      (Owner.scalar, [Owner.scalar, .pre, .post, .synapse]),
      (.pre, [.pre, .pre, .synapse, .synapse]),
      (.post, [.post, .synapse, .post, .synapse]),
      (.synapse, [.synapse, .synapse, .synapse, .synapse]),
    ])
  func table(owner: Owner, row: [Owner]) {
    for (other, joined) in zip([Owner.scalar, .pre, .post, .synapse], row) {
      #expect(owner.joined(with: other) == joined)
      #expect(other.joined(with: owner) == joined)
      #expect(owner.spreads(to: other) == (joined == other))
    }
  }

  @Test(
    "an expression belongs to the join of what it reads",
    arguments: [
      (2 * eta, .scalar), (eta * yPre, .pre), (yPost + mod, .post), (yPost * yPre, .synapse), (w * mod, .synapse),
      (back(yPost), .pre), (ahead(yPre), .post), (sum(yPost) * yPre, .pre), (dot(yPre, ePre), .scalar),
      (call(.max, yPre, yPost), .synapse), (.trace("x_post") * 2, .post), (-b, .synapse),
    ] as [(Expression, Owner)])
  func expressions(expression: Expression, owner: Owner) {
    #expect(expression.owner(traces: ["x_post": .post]) == owner)
  }
}
