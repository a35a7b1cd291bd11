/// What is wrong with a document, collected so that all of it is told at once.
package final class Mistakes {
    /// A sentence each: place, rule, and what was found.
    package private(set) var list: [String] = []

    /// None yet.
    package init() {}

    /// Notes one.
    package func note(_ place: String, _ text: String) {
        list.append(place.isEmpty ? text : "\(place): \(text)")
    }
}
