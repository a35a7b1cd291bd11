extension CallError {
    /// No place.
    init(noPlace error: BulkheadError, _ service: String) {
        switch error {
        case .full: self.init(.tooManyCalls, service, retryAfter: .seconds(1), detail: error.description)
        case .waitedTooLong: self.init(.deadlineOver, service, detail: error.description)
        case .cancelled: self.init(.cancelled, service)
        }
    }

    /// No instance.
    init(noInstance refusal: InstanceRefusal, _ service: String) {
        switch refusal {
        case .noInstance: self.init(.noInstance, service, retryAfter: .seconds(5))
        case .breakersOpen(let time): self.init(.breakersOpen, service, retryAfter: time)
        }
    }

    /// No answer; `isLate` says whether the call's time is over.
    init(noAnswer failure: AttemptFailure, _ service: String, isLate: Bool) {
        let detail = failure.description
        switch failure.kind {
        case .noRoom: self.init(.tooManyCalls, service, retryAfter: .seconds(1), detail: detail)
        case .badRequest: self.init(.badRequest, service, detail: detail)
        case .cancelled: self.init(.cancelled, service, detail: detail)
        case .timedOut where isLate: self.init(.deadlineOver, service, detail: detail)
        case .notConnected, .reset, .timedOut, .broken:
            self.init(.noAnswer(failure.kind.outcome), service, detail: detail)
        }
    }
}
