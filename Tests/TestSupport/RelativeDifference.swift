/// `max |got − expected| / max |expected|`; the plain largest difference when everything expected is 0.
///
/// Infinite when the counts differ, NaN when either side holds a NaN.
public func relativeDifference(_ got: [Double], _ expected: [Double]) -> Double {
  guard got.count == expected.count else { return .infinity }
  var difference = 0.0
  var scale = 0.0
  for (mine, theirs) in zip(got, expected) {
    guard mine.isFinite, theirs.isFinite else { return .nan }
    difference = max(difference, abs(mine - theirs))
    scale = max(scale, abs(theirs))
  }
  return scale > 0 ? difference / scale : difference
}

/// The same for single precision, in double.
public func relativeDifference(_ got: [Float], _ expected: [Double]) -> Double {
  relativeDifference(got.map(Double.init), expected)
}
