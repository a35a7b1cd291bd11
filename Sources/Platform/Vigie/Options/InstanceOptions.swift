import Configuration

/// What this process is called beside others of its service.
struct InstanceOptions: ConfigurationPart {
    var id: String?
    var namespace = ""
    var probeInterval = Duration.seconds(5)
    var probeTimeout = Duration.seconds(2)

    static let title = "Instance"
    static let settings: [Setting<Self>] = [
        Setting(
            "instance.id",
            \.id,
            .optional(.text(1...128)),
            help: "Default: the service, the host and the port, <service>-<host>-<port>."
        ),
        Setting(
            "instance.namespace",
            \.namespace,
            .text(0...128),
            help: "The system that the service is a part of."
        ),
        Setting(
            "instance.probe-interval",
            \.probeInterval,
            .duration(.milliseconds(100) ... .seconds(600)),
            help: "How often dependencies are asked whether they are up."
        ),
        Setting(
            "instance.probe-timeout",
            \.probeTimeout,
            .duration(.milliseconds(10) ... .seconds(600)),
            help: "How long a dependency may take to say so."
        ),
    ]
}
