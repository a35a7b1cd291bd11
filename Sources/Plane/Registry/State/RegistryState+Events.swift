/// Events that users fire. They are not stored: those of before a restart are gone, as in an agent.
extension RegistryState {
    /// Adds an event; the oldest go when there are too many.
    mutating func fire(_ event: (UInt64) -> UserEvent) -> UserEvent {
        eventTime += 1
        let event = event(eventTime)
        events.append(event)
        if events.count > Self.eventLimit { events.removeFirst(events.count - Self.eventLimit) }
        touch(.events)
        return event
    }
}
