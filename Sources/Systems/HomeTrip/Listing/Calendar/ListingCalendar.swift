import FoundationEssentials
import Vigie

/// When a listing can be booked, and for how much; `GET /listings/{id}/calendar`.
struct ListingCalendar: Codable, Sendable {
    /// In nights.
    let minimumStay: Int
    /// Days that nobody can book.
    let blocked: [Stay]
    /// Other prices than the listing's own.
    let seasons: [Season]
    let version: Int
}

/// `PUT /listings/{id}/calendar`.
struct CalendarDraft: RequestBody {
    let minimumStay: Int
    let blocked: [Stay]
    let seasons: [Season]
    let version: Int?
}

extension CalendarDraft: Validatable {
    func validate(_ check: inout Validation) {
        check.require("minimumStay", (1...365).contains(minimumStay), "must be 1 to 365 nights")
        check.list("blocked", blocked, blocked)
        check.list("seasons", seasons, seasons.map(\.stay))
        check.require("version", (version ?? 1) >= 1, "must be 1 or more")
    }
}

extension Validation {
    fileprivate mutating func list(_ field: String, _ values: [some Validatable], _ stays: [Stay]) {
        guard values.count <= 400 else { return require(field, false, "must have at most 400 elements") }
        nested(field, Each(values: values))
        nested(field, Apart(stays: stays))
    }
}

/// The rules of each element.
private struct Each<Value: Validatable>: Validatable {
    let values: [Value]

    func validate(_ check: inout Validation) {
        for (index, value) in values.enumerated() { check.nested("\(index)", value) }
    }
}

/// That no day is in two of them.
private struct Apart: Validatable {
    let stays: [Stay]

    func validate(_ check: inout Validation) {
        for place in Stay.overlaps(stays) {
            check.require("\(place)", false, "must not have a day of another one")
        }
    }
}
