/// The values of all declared parts.
public struct LoadedConfiguration: Sendable {
    private let parts: [ObjectIdentifier: any ConfigurationPart]

    init(_ parts: [ObjectIdentifier: any ConfigurationPart]) { self.parts = parts }

    /// The values of `part`, which must be one of those that the ``ConfigurationSchema`` was made of: a part that was
    /// not is a mistake in the program and ends it.
    public subscript<Part: ConfigurationPart>(part: Part.Type) -> Part {
        guard let loaded = parts[ObjectIdentifier(part)] as? Part else {
            preconditionFailure("\(part) is not among the parts of the configuration's schema")
        }
        return loaded
    }
}
