/// A document that can't be used, with every mistake in it.
package struct DocumentError: Error, CustomStringConvertible {
    /// A sentence each.
    package let mistakes: [String]
    /// Takes the sentences.
    package init(mistakes: [String]) { self.mistakes = mistakes }

    /// One line each.
    package var description: String { mistakes.joined(separator: "\n") }
}
