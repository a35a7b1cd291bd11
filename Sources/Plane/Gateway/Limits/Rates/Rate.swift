/// So many requests a second, minute or hour.
struct Rate: Sendable, Hashable, CustomStringConvertible {
    /// What the requests are counted in.
    enum Period: Int64, Sendable, CaseIterable {
        /// `s`.
        case second = 1
        /// `min`.
        case minute = 60
        /// `h`.
        case hour = 3_600

        /// As it is written.
        var symbol: String {
            switch self {
            case .second: "s"
            case .minute: "min"
            case .hour: "h"
            }
        }
    }

    /// Requests in each period.
    let count: Double
    /// The period.
    let period: Period

    /// Makes a rate; nil for one below a request a day or above one a nanosecond.
    init?(_ count: Double, per period: Period) {
        self.count = count
        self.period = period
        guard perSecond >= 1.0 / 86_400, perSecond <= 1e9 else { return nil }
    }

    /// Reads `100/s`, `60/min`, `10/h`, `0.5/s`; nil for anything else.
    init?(parsing text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let period = Period.allCases.first(where: { $0.symbol == parts[1] }),
            parts[0].utf8.allSatisfy({ (48...57).contains($0) || $0 == UInt8(ascii: ".") }),
            let count = Double(parts[0])
        else { return nil }
        self.init(count, per: period)
    }

    /// Requests in each second.
    var perSecond: Double { count / Double(period.rawValue) }

    /// Requests and the seconds in which they come, both whole, for `RateLimit-Policy`, which has no fractions: the
    /// declared period if that does, else a longer one; a fraction that even a day leaves is cut off.
    var quota: (requests: Int, seconds: Int) {
        let windows = [period.rawValue, 60, 3_600, 86_400].filter { $0 >= period.rawValue }
        for window in windows {
            let requests = perSecond * Double(window)
            // A rate such as 10/h has a rounding error in its requests per second.
            let rounded = requests.rounded()
            if rounded >= 1, abs(requests - rounded) < 1e-6 * rounded { return (Int(rounded), Int(window)) }
        }
        return (max(1, Int(perSecond * 86_400)), 86_400)
    }

    /// As it is parsed.
    var description: String {
        let isWhole = count == count.rounded() && count < 1e15
        return isWhole ? "\(Int(count))/\(period.symbol)" : "\(count)/\(period.symbol)"
    }
}
