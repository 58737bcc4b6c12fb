/// The candidate nearest to `name`, or nil when none is near enough to be a likely slip.
///
/// Distance is Damerau–Levenshtein (optimal string alignment) over lower-cased characters; a candidate is near when it
/// costs at most a third of the longer name, rounded up, or when one name begins with the other.
public func nearestName(to name: String, among candidates: some Sequence<String>) -> String? {
  let wanted = Array(name.lowercased())
  guard !wanted.isEmpty, wanted.count <= 64 else { return nil }
  var best: (cost: Int, name: String)?
  for candidate in candidates {
    let letters = Array(candidate.lowercased())
    guard letters.count <= 64 else { continue }
    let cost = editDistance(wanted, letters)
    let limit = (max(wanted.count, letters.count) + 2) / 3
    let prefix = min(wanted.count, letters.count) >= 3 && (candidate.lowercased().hasPrefix(name.lowercased()))
    guard cost <= limit || prefix else { continue }
    if best == nil || cost < best!.cost { best = (cost, candidate) }
  }
  return best?.name
}

/// `(did you mean "x"?)` with a leading blank, or nothing.
public func suggestion(for name: String, among candidates: some Sequence<String>) -> String {
  nearestName(to: name, among: candidates).map { " (did you mean \"\($0)\"?)" } ?? ""
}

private func editDistance(_ a: [Character], _ b: [Character]) -> Int {
  if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
  var before = [Int](repeating: 0, count: b.count + 1)
  var previous = Array(0...b.count)
  var current = previous
  for i in 1...a.count {
    current[0] = i
    for j in 1...b.count {
      let swap = a[i - 1] == b[j - 1] ? 0 : 1
      current[j] = min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + swap)
      if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { current[j] = min(current[j], before[j - 2] + 1) }
    }
    (before, previous, current) = (previous, current, before)
  }
  return previous[b.count]
}
