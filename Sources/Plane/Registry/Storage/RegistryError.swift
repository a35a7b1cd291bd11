/// Why a registry can't start or go on.
public struct RegistryError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What happened, with the file and what to do where there is a cure.
    public let description: String

    init(_ description: String) { self.description = description }
}
