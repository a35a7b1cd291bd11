import Vigie

/// Days from one up to another, which is not one of them: the night before `to` is the last.
struct Stay: Codable, Sendable, Hashable, JSONFieldwise {
    let from: CalendarDate
    let to: CalendarDate
}

/// A price for nights of a part of the year.
struct Season: Codable, Sendable, Hashable, JSONFieldwise {
    let from: CalendarDate
    let to: CalendarDate
    /// In minor units of the listing's currency.
    let pricePerNight: Int

    var stay: Stay { Stay(from: from, to: to) }
}

extension Stay: Validatable {
    /// How long one may be: some ten years.
    private static let dayLimit = 3_660

    func validate(_ check: inout Validation) {
        check.require("to", from < to, "must be after `from`")
        let count = to.dayNumber - from.dayNumber
        check.require("to", count <= Self.dayLimit, "must be at most 3 660 days after `from`")
        check.require("from", from.dayNumber >= 0, "must be 1970 or later")
    }

    /// The places of those that share a day with one before.
    static func overlaps(_ stays: [Stay]) -> [Int] {
        let order = stays.indices.sorted { stays[$0].from < stays[$1].from }
        var (found, end) = ([Int](), CalendarDate?.none)
        for place in order {
            if let end, stays[place].from < end { found.append(place) }
            end = max(end ?? stays[place].to, stays[place].to)
        }
        return found.sorted()
    }
}

extension Season: Validatable {
    func validate(_ check: inout Validation) {
        stay.validate(&check)
        let isPrice = (1...Money.limit).contains(pricePerNight)
        check.require("pricePerNight", isPrice, "must be 1 to 100 000 000 minor units")
    }
}
