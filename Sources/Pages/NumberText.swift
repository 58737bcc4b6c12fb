/// The shortest text that reads back as the same double, in a form that JSON, YAML 1.1 and Python all read as a number.
///
/// Plain from 0.01 up to below a million (`0.5`, `20.0`), scientific outside (`1.0e-3`, `2.5e+7`): always with a point and a
/// signed exponent, because some YAML readers take anything else for text.
public func numberText(_ number: Double) -> String {
  guard number.isFinite else { return number.isNaN ? ".nan" : number > 0 ? ".inf" : "-.inf" }
  let text = "\(number)"
  if number == 0 || (abs(number) >= 0.01 && abs(number) < 1e6) { return text }
  let sign = number < 0 ? "-" : ""
  let parts = "\(abs(number))".split(separator: "e")
  let shift = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
  let halves = parts[0].split(separator: ".", omittingEmptySubsequences: false)
  let all = halves[0] + (halves.count > 1 ? halves[1] : "")
  let figures = all.drop { $0 == "0" }
  let exponent = halves[0].count - 1 - (all.count - figures.count) + shift
  var fraction = String(figures.dropFirst())
  while fraction.last == "0" { fraction.removeLast() }
  return "\(sign)\(figures.prefix(1)).\(fraction.isEmpty ? "0" : fraction)e\(exponent < 0 ? "-" : "+")\(abs(exponent))"
}
