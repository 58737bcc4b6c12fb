/// A graph of nodes that pass signals along its edges.
public struct NIRGraph: Sendable, Hashable {
  /// A node and its name.
  public struct Named: Sendable, Hashable {
    /// Without dots and slashes, on which importers split.
    public var name: String
    /// What it computes.
    public var node: NIRNode

    /// Names a node.
    public init(_ name: String, _ node: NIRNode) {
      self.name = name
      self.node = node
    }
  }

  /// From where to where a signal goes, by the names of nodes.
  public struct Edge: Sendable, Hashable {
    /// The node that sends.
    public var from: String
    /// The node that receives.
    public var to: String

    /// Joins two nodes.
    public init(_ from: String, _ to: String) {
      self.from = from
      self.to = to
    }
  }

  /// A remark on a graph that no reader depends on.
  public enum Remark: Sendable, Hashable {
    /// A number.
    case number(Double)
    /// A whole number.
    case integer(Int)
    /// Text.
    case text(String)
  }

  /// The nodes, from the input to the output.
  public var nodes: [Named]
  /// The edges.
  public var edges: [Edge]
  /// Remarks by name.
  public var metadata: [String: Remark]

  /// Makes a chain of nodes, each of which sends to the next.
  public init(chain nodes: [Named], metadata: [String: Remark] = [:]) {
    self.nodes = nodes
    edges = zip(nodes, nodes.dropFirst()).map { Edge($0.name, $1.name) }
    self.metadata = metadata
  }

  /// The node of a name, or nil.
  public subscript(_ name: String) -> NIRNode? { nodes.first { $0.name == name }?.node }
}
