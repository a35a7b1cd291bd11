/// One value that a source holds for a declared setting.
struct GivenValue: Sendable {
    /// The setting's place in the declaration.
    let setting: Int
    let source: ConfigurationSource
    let raw: RawValue
    /// Whether `raw` names a file that holds the value.
    let isFileReference: Bool
}
