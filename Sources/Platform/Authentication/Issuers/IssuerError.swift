/// Why an issuer's documents are of no use. Fit for the log.
package struct IssuerError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What was expected and what came.
    package let description: String

    init(_ description: String) { self.description = description }
}
