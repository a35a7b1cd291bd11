/// A content or query with rules beyond its types. All rules are asked, so that the client learns of all mistakes at once.
///
///     func validate(_ check: inout Validation) {
///         check.require("title", (1...200).contains(title.count), "must have 1 to 200 characters")
///         check.nested("address", address)
///     }
public protocol Validatable {
    /// Asks the rules.
    func validate(_ check: inout Validation)
}
