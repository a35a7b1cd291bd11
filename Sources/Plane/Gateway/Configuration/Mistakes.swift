/// What is wrong with a document, collected so that all of it is told at once.
final class Mistakes {
    /// A sentence each: place, rule, and what was found.
    private(set) var list: [String] = []

    /// Notes one.
    func note(_ place: String, _ text: String) { list.append(place.isEmpty ? text : "\(place): \(text)") }
}

/// A document that can't be used, with every mistake in it.
struct DocumentError: Error, CustomStringConvertible {
    /// A sentence each.
    let mistakes: [String]
    /// One line each.
    var description: String { mistakes.joined(separator: "\n") }
}
