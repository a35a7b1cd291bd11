import FoundationEssentials
import Vigie

/// `GET /listings`.
struct ListQuery: RequestQuery, Validatable {
    let host: UUID?
    let limit: Int?
    /// Where the page before has ended: its last listing's id.
    let cursor: UUID?

    var count: Int { limit ?? 20 }

    func validate(_ check: inout Validation) {
        check.require("limit", (1...100).contains(count), "must be 1 to 100")
    }
}
