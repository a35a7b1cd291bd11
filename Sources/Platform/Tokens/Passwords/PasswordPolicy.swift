/// Which passwords may be chosen (NIST SP 800-63B §5.1.1.2): length and guessability alone, no rules of composition.
public struct PasswordPolicy: Sendable {
    /// Why a password can't be chosen; fit for its owner to read.
    public enum Refusal: Error, Sendable, Equatable, CustomStringConvertible {
        /// It has fewer characters than this.
        case tooShort(minimum: Int)
        /// It has more characters than this.
        case tooLong(maximum: Int)
        /// It stands in a list of those that are tried first.
        case common

        /// Says what to do.
        public var description: String {
            switch self {
            case .tooShort(let minimum): "the password needs at least \(minimum) characters"
            case .tooLong(let maximum): "the password may have at most \(maximum) characters"
            case .common: "the password is one of the most common ones; choose another"
            }
        }
    }

    /// How many characters it may have, each Unicode code point counted as one; default 10 to 128.
    public var characters: ClosedRange<Int> = 10...128
    private let isCommon: @Sendable (String) -> Bool

    /// Makes a policy. `isCommon` tells of a password, in lower case, whether it is among the commonest.
    public init(isCommon: @escaping @Sendable (String) -> Bool) { self.isCommon = isCommon }

    /// Refuses a password that may not be chosen.
    public func check(_ password: String) throws(Refusal) {
        let count = password.unicodeScalars.count
        guard count >= characters.lowerBound else { throw .tooShort(minimum: characters.lowerBound) }
        guard count <= characters.upperBound else { throw .tooLong(maximum: characters.upperBound) }
        guard !isCommon(password.lowercased()) else { throw .common }
    }
}
