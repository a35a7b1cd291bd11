/// Why a file of settings can't be used, in a line that names it.
package struct ConfigurationFileError: Error, Equatable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}
