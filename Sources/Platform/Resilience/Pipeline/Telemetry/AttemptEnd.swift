/// How an attempt ended, as metrics and spans tell it.
enum AttemptEnd: Sendable, Equatable {
    /// The head of an answer came, with this status, 100–599.
    case answered(Int)
    case failed(AttemptFailure.Kind)

    /// The end at a place.
    init(seriesIndex index: Int) {
        self = index < 500 ? .answered(index + 100) : .failed(Self.kinds[index - 500])
    }

    /// `error.type`: the status from 400 on, or the kind of failure; nil when nothing failed.
    var errorType: String? {
        switch self {
        case .answered(let status): status >= 400 ? String(status) : nil
        case .failed(let kind): kind.rawValue
        }
    }

    private static let kinds = AttemptFailure.Kind.allCases
    /// How many different ends there are.
    static let count = 500 + kinds.count

    /// Its place in a table of series: statuses first.
    var seriesIndex: Int {
        switch self {
        case .answered(let status): status - 100
        case .failed(let kind): 500 + (Self.kinds.firstIndex(of: kind) ?? 0)
        }
    }

    /// `http_response_status_code`; empty without an answer.
    var statusLabel: String { if case .answered(let status) = self { String(status) } else { "" } }
}
