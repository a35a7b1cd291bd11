/// A text that is not to be seen: a password, a key, a token. Whatever prints, dumps or logs it gets `***`.
///
/// It keeps a value out of output, not out of memory.
public struct SecretString: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable
{
    /// What stands for a secret in all output.
    public static let mask = "***"

    private let value: String

    /// Hides `value`.
    public init(_ value: String) { self.value = value }

    /// The text itself, for who needs it: never for output.
    public func reveal() -> String { value }

    /// Always ``mask``.
    public var description: String { Self.mask }
    /// Always ``mask``.
    public var debugDescription: String { Self.mask }
    /// A mirror without children, so that `dump` shows nothing either.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
