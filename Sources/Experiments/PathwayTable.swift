import Credit
import Layers
import Networks
import Pages
import Systems

/// Which credit pathway goes through which neurons and layers: the catalogue, as Markdown.
public enum PathwayTable {
  /// The learning systems, with a tick for each neuron and each kind of layer they know; then the online pathways.
  public static var markdown: String {
    let neurons = LayerNeuron.allCases.map(\.rawValue)
    let layers = LayerFeature.allCases.map(\.rawValue)
    var lines = row(["Learning system"] + neurons + layers + ["Rule"])
    lines += row([String](repeating: "---", count: neurons.count + layers.count + 2))
    for card in systemCards {
      lines += row(
        ["`\(card.name)`"] + LayerNeuron.allCases.map { card.neurons.contains($0) ? "yes" : "–" }
          + LayerFeature.allCases.map { card.layers.contains($0) ? "yes" : "–" } + [card.rule])
    }
    lines += "\nA system goes through every pair of a neuron and a layer it knows.\n\n"
    lines += row(["Online pathway", "Neurons", "Layers", "What it does"])
    lines += row(["---", "---", "---", "---"])
    for entry in creditCatalogue(Float.self) {
      lines += row(["`\(entry.name)`", neuronNames.joined(separator: ", "), "dense", entry.about])
    }
    lines += "\nSettings of the learning systems, with their defaults:\n\n"
    lines += row(["System", "Setting", "Default", "Meaning"])
    lines += row(["---", "---", "---", "---"])
    for card in systemCards {
      for key in card.settings.keys {
        let standard = key.standard.map { "`\(text($0))`" } ?? ""
        lines += row(["`\(card.name)`", "`\(key.name)`", standard, key.doc])
      }
    }
    return lines
  }

  private static func row(_ cells: [String]) -> String {
    "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |\n"
  }

  private static func text(_ content: PageValue.Content) -> String {
    switch content {
    case .text(let text): text
    case .number(let number): numberText(number)
    case .integer(let integer): "\(integer)"
    case .boolean(let boolean): "\(boolean)"
    case .list, .mapping: ""
    }
  }
}
