/// One series that is always 1 and says what it has to say in its labels: `target_info` (OpenMetrics 1.0, "Info").
public struct Info: Sendable {}
