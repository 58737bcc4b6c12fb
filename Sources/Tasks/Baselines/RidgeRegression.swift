/// The label that ridge regression answers for each query sample; the lowest label among equals.
///
/// In the dual form, with centred samples X (n rows), centred one-hot labels Y and the kernel K = X Xᵀ:
///
///     α = (K + λI)⁻¹ Y,   answer(x) = k(x)ᵀ α + mean(Y)
///
/// λ is the value of a logarithmic grid with the least sum of squared leave-one-out residuals; those are, exactly,
/// (Y − Ŷ)ᵢ / (1 − hᵢᵢ) with H = 1/n + K (K + λI)⁻¹, and with H = 1/n + 1 − λ (K + λI)⁻¹ they become
/// λαᵢ / (λ(K + λI)⁻¹ᵢᵢ − 1/n).
func ridgeRegression(_ episode: Episode) -> [Int] {
  let count = episode.support.count
  let labels = Set(episode.support.labels).sorted()
  let support = centred(episode.support, mean: nil)
  let kernel = products(support.rows, support.rows, width: episode.inputCount)
  var targets = [Double](repeating: 0, count: count * labels.count)
  var shares = [Double](repeating: 0, count: labels.count)
  for (column, label) in labels.enumerated() {
    let members = episode.support.labels.indices.filter { episode.support.labels[$0] == label }
    shares[column] = Double(members.count) / Double(count)
    for row in 0..<count { targets[row * labels.count + column] = -shares[column] }
    for row in members { targets[row * labels.count + column] += 1 }
  }

  // The grid is relative to the mean of the kernel's diagonal, so it does not depend on the scale of the inputs. Equal
  // samples leave nothing but rounding there: then only the shares of the labels are left to answer with.
  let scale = (0..<count).reduce(0.0) { $0 + kernel[$1 * count + $1] } / Double(count)
  var best: (loss: Double, weights: [Double])?
  for factor in penalties where scale > 1e-12 {
    let penalty = scale * factor
    guard let cholesky = Cholesky(kernel, count: count, shift: penalty) else { continue }
    let weights = cholesky.solve(targets, columns: labels.count)
    let inverse = cholesky.inverseDiagonal()
    var loss = 0.0
    for row in 0..<count {
      let free = penalty * inverse[row] - 1 / Double(count)
      for column in 0..<labels.count {
        let residual = penalty * weights[row * labels.count + column] / max(free, 1e-12)
        loss += residual * residual
      }
    }
    if best == nil || loss < best!.loss { best = (loss, weights) }
  }
  let weights = best?.weights ?? [Double](repeating: 0, count: targets.count)

  let query = centred(episode.query, mean: support.mean)
  let across = products(query.rows, support.rows, width: episode.inputCount)
  return (0..<episode.query.count).map { sample in
    let answers = labels.indices.map { column in
      (0..<count).reduce(shares[column]) { $0 + across[sample * count + $1] * weights[$1 * labels.count + column] }
    }
    return labels[answers.indices.max { answers[$0] < answers[$1] }!]
  }
}

/// The grid of penalties, in units of the kernel's mean diagonal: half decades, written out so that no library rounds.
private let penalties = [1e-3, 3.16e-3, 1e-2, 3.16e-2, 1e-1, 3.16e-1, 1, 3.16, 10]

/// Samples minus a mean, their own when none is given.
private func centred(_ samples: Samples, mean: [Double]?) -> (rows: [Double], mean: [Double]) {
  let width = samples.inputCount
  var centre = mean ?? [Double](repeating: 0, count: width)
  if mean == nil {
    for row in 0..<samples.count { for i in 0..<width { centre[i] += Double(samples.inputs[row * width + i]) } }
    for i in 0..<width { centre[i] /= Double(samples.count) }
  }
  var rows = [Double](repeating: 0, count: samples.count * width)
  for row in 0..<samples.count {
    for i in 0..<width { rows[row * width + i] = Double(samples.inputs[row * width + i]) - centre[i] }
  }
  return (rows, centre)
}

/// A Bᵀ for row-major A and B of `width` columns, [rows of A, rows of B].
private func products(_ a: [Double], _ b: [Double], width: Int) -> [Double] {
  let rows = a.count / width
  let columns = b.count / width
  // Input by input, so that the inner loop runs along a row of the result.
  var transposed = [Double](repeating: 0, count: b.count)
  for j in 0..<columns { for i in 0..<width { transposed[i * columns + j] = b[j * width + i] } }
  var result = [Double](repeating: 0, count: rows * columns)
  a.withUnsafeBufferPointer { a in
    transposed.withUnsafeBufferPointer { transposed in
      result.withUnsafeMutableBufferPointer { result in
        for row in 0..<rows {
          let target = result.baseAddress! + row * columns
          for i in 0..<width {
            let factor = a[row * width + i]
            let source = transposed.baseAddress! + i * columns
            for column in 0..<columns { target[column] += factor * source[column] }
          }
        }
      }
    }
  }
  return result
}

/// The Cholesky factor of a symmetric matrix plus a multiple of the identity.
private struct Cholesky {
  private let count: Int
  /// L transposed: row `j` holds column `j` of L, so that elimination runs along rows.
  private var upper: [Double]

  /// Nil when the matrix is not positive definite.
  init?(_ matrix: [Double], count: Int, shift: Double) {
    self.count = count
    upper = matrix
    for i in 0..<count { upper[i * count + i] += shift }
    let isPositive = upper.withUnsafeMutableBufferPointer { u in
      for j in 0..<count {
        let pivot = u[j * count + j]
        guard pivot > 0, pivot.isFinite else { return false }
        let root = pivot.squareRoot()
        for k in j..<count { u[j * count + k] /= root }
        let source = u.baseAddress! + j * count
        for i in j + 1..<max(count, j + 1) {
          let factor = source[i]
          let target = u.baseAddress! + i * count
          for k in i..<count { target[k] -= factor * source[k] }
        }
      }
      return true
    }
    if !isPositive { return nil }
  }

  /// The solution X of A X = B, B row-major of `columns` columns.
  func solve(_ right: [Double], columns: Int) -> [Double] {
    var x = right
    for i in 0..<count {
      for c in 0..<columns { x[i * columns + c] /= upper[i * count + i] }
      for k in i + 1..<max(count, i + 1) {
        for c in 0..<columns { x[k * columns + c] -= upper[i * count + k] * x[i * columns + c] }
      }
    }
    for i in stride(from: count - 1, through: 0, by: -1) {
      for k in i + 1..<max(count, i + 1) {
        for c in 0..<columns { x[i * columns + c] -= upper[i * count + k] * x[k * columns + c] }
      }
      for c in 0..<columns { x[i * columns + c] /= upper[i * count + i] }
    }
    return x
  }

  /// The diagonal of A⁻¹: the squared lengths of the columns of L⁻¹.
  func inverseDiagonal() -> [Double] {
    // Row i of `inverse` is row i of L⁻¹ while it forms: subtract what earlier rows explain, then divide.
    var inverse = [Double](repeating: 0, count: count * count)
    for i in 0..<count { inverse[i * count + i] = 1 }
    upper.withUnsafeBufferPointer { u in
      inverse.withUnsafeMutableBufferPointer { inverse in
        for j in 0..<count {
          let source = inverse.baseAddress! + j * count
          for k in 0...j { source[k] /= u[j * count + j] }
          for i in j + 1..<max(count, j + 1) {
            let factor = u[j * count + i]
            let target = inverse.baseAddress! + i * count
            for k in 0...j { target[k] -= factor * source[k] }
          }
        }
      }
    }
    var diagonal = [Double](repeating: 0, count: count)
    for i in 0..<count { for k in 0...i { diagonal[k] += inverse[i * count + k] * inverse[i * count + k] } }
    return diagonal
  }
}
