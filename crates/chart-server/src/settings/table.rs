//! The flags of the server as one table: ChartMuseum's (`pkg/config/vars.go` of 0.16.5) and ours.

/// One thing that can be set: by a flag, by a variable of the environment, or in the configuration file.
pub struct Setting {
    pub flag: &'static str,
    /// ChartMuseum's variable.
    pub variable: &'static str,
    /// The place in the configuration file, with a dot for each level.
    pub key: &'static str,
    pub kind: Kind,
    /// What holds when nothing is set; empty for false, zero and the empty text.
    pub default: &'static str,
    pub help: &'static str,
    pub state: State,
}

/// The type of a value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Bool,
    Int,
    Text,
    Duration,
    /// `value` or `key=value`, repeatable.
    Pairs,
}

/// What the server does with a setting.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    Works,
    /// Taken without effect: the reason why nothing is lost.
    Ignored(&'static str),
    /// An error: what to use instead.
    Refused(&'static str),
}

/// Finds a setting by its flag.
pub fn find(flag: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.flag == flag)
}

const fn setting(flag: &'static str, variable: &'static str, key: &'static str, kind: Kind) -> Setting {
    Setting { flag, variable, key, kind, default: "", help: "", state: State::Works }
}

const fn bool(flag: &'static str, variable: &'static str, key: &'static str, help: &'static str) -> Setting {
    setting(flag, variable, key, Kind::Bool).help(help)
}

const fn text(flag: &'static str, variable: &'static str, key: &'static str, help: &'static str) -> Setting {
    setting(flag, variable, key, Kind::Text).help(help)
}

const fn int(flag: &'static str, variable: &'static str, key: &'static str, help: &'static str) -> Setting {
    setting(flag, variable, key, Kind::Int).help(help)
}

/// Ours: no variable of ChartMuseum.
const fn ours(flag: &'static str, kind: Kind, help: &'static str) -> Setting {
    setting(flag, "", flag, kind).help(help)
}

impl Setting {
    const fn help(mut self, help: &'static str) -> Self {
        self.help = help;
        self
    }

    const fn default(mut self, default: &'static str) -> Self {
        self.default = default;
        self
    }

    const fn ignored(mut self, why: &'static str) -> Self {
        self.state = State::Ignored(why);
        self
    }

    const fn refused(mut self, instead: &'static str) -> Self {
        self.state = State::Refused(instead);
        self
    }
}

const IN_ROWS: &str = "the index is kept in the rows, which all replicas share";
const BY_S3: &str = "it speaks the protocol of S3: use --storage amazon with --storage-amazon-endpoint";
const NO_ETCD: &str = "archives are too large for etcd: use --storage local or amazon, and --rows for what is shared";

/// All settings, in the order of the help.
pub static SETTINGS: &[Setting] = &[
    // Where.
    ours("address", Kind::Text, "HOST:PORT to listen on: --listen-host and --port in one"),
    int("port", "PORT", "port", "port to listen on").default("8080"),
    text("listen-host", "LISTEN_HOST", "listen.host", "host to listen on (without authentication: 127.0.0.1)"),
    text("context-path", "CONTEXT_PATH", "contextpath", "path that all addresses start with"),
    text("tls-cert", "TLS_CERT", "tls.cert", "certificate chain (PEM); read again when it changes, and on SIGHUP"),
    text("tls-key", "TLS_KEY", "tls.key", "key of the certificate (PEM)"),
    text("tls-ca-cert", "TLS_CA_CERT", "tls.cacert", "authority that clients need a certificate of (PEM)"),
    text("cors-alloworigin", "CORS_ALLOW_ORIGIN", "cors.alloworigin", "origin that pages may call the API from, or *"),
    int("read-timeout", "READ_TIMEOUT", "readtimeout", "seconds that a request may take to arrive").default("30"),
    int("write-timeout", "WRITE_TIMEOUT", "writetimeout", "seconds that a client may stop reading").default("30"),
    ours("max-connections", Kind::Int, "connections at a time").default("4096"),
    ours("stop-timeout", Kind::Int, "seconds that requests have to end when the server stops").default("30"),
    text("config, c", "CONFIG", "", "configuration file (YAML)"),
    // What is kept, and where.
    ours("data", Kind::Text, "folder of charts and rows (default: pilothouse/charts in the data folder of the user)"),
    ours("rows", Kind::Text, "postgres://… for rows that several servers share (default: SQLite in the folder)"),
    ours("repo-path", Kind::Text, "as --storage-local-rootdir (helm serve of Helm 2)"),
    ours("url", Kind::Text, "as --chart-url (helm serve of Helm 2)"),
    text("storage", "STORAGE", "storage.backend", "where blobs are: local, amazon, google, microsoft"),
    text(
        "storage-local-rootdir",
        "STORAGE_LOCAL_ROOTDIR",
        "storage.local.rootdir",
        "folder of charts, of ChartMuseum too",
    ),
    text("storage-amazon-bucket", "STORAGE_AMAZON_BUCKET", "storage.amazon.bucket", "bucket of S3"),
    text("storage-amazon-prefix", "STORAGE_AMAZON_PREFIX", "storage.amazon.prefix", "prefix in the bucket"),
    text("storage-amazon-region", "STORAGE_AMAZON_REGION", "storage.amazon.region", "region of the bucket"),
    text(
        "storage-amazon-endpoint",
        "STORAGE_AMAZON_ENDPOINT",
        "storage.amazon.endpoint",
        "address of another S3 service",
    ),
    text(
        "storage-amazon-sse",
        "STORAGE_AMAZON_SSE",
        "storage.amazon.sse",
        "encryption by the service: AES256 or aws:kms",
    ),
    bool(
        "storage-amazon-force-path-style",
        "STORAGE_AMAZON_FORCE_PATH_STYLE",
        "storage.amazon.forcepathstyle",
        "bucket in the path",
    )
    .default("true"),
    text("storage-google-bucket", "STORAGE_GOOGLE_BUCKET", "storage.google.bucket", "bucket of Google Cloud Storage"),
    text("storage-google-prefix", "STORAGE_GOOGLE_PREFIX", "storage.google.prefix", "prefix in the bucket"),
    text(
        "storage-microsoft-container",
        "STORAGE_MICROSOFT_CONTAINER",
        "storage.microsoft.container",
        "container of Azure",
    ),
    text("storage-microsoft-prefix", "STORAGE_MICROSOFT_PREFIX", "storage.microsoft.prefix", "prefix in the container"),
    ours("mirror", Kind::Pairs, "repository whose charts are fetched when somebody wants them: URL, or TENANT=URL"),
    ours("mirror-archives", Kind::Bool, "fetch all charts of mirrored repositories, wanted or not"),
    ours("mirror-interval", Kind::Duration, "how long an index of a mirrored repository counts").default("5m"),
    ours("mirror-index-limit", Kind::Int, "bytes of an index of a mirrored repository").default("268435456"),
    // Who may do what.
    ours("anonymous-writes", Kind::Bool, "let anyone upload and delete; only on a loopback address"),
    text("basic-auth-user", "BASIC_AUTH_USER", "basicauth.user", "user name"),
    text("basic-auth-pass", "BASIC_AUTH_PASS", "basicauth.pass", "password"),
    bool("auth-anonymous-get", "AUTH_ANONYMOUS_GET", "authanonymousget", "let anyone read"),
    bool("bearer-auth", "BEARER_AUTH", "bearerauth", "accept tokens (JWT, RS256)"),
    text("auth-realm", "AUTH_REALM", "authrealm", "address of the server that gives tokens"),
    text("auth-service", "AUTH_SERVICE", "authservice", "name of this service there"),
    text("auth-cert-path", "AUTH_CERT_PATH", "authcertpath", "public key or certificate of that server (PEM)"),
    text(
        "auth-actions-search-path",
        "AUTH_ACTIONS_SEARCH_PATH",
        "authactionssearchpath",
        "JMESPath of the actions in a token",
    ),
    bool("disable-api", "DISABLE_API", "disableapi", "no addresses below /api"),
    bool("disable-delete", "DISABLE_DELETE", "disabledelete", "no deletion"),
    bool("allow-overwrite", "ALLOW_OVERWRITE", "allowoverwrite", "a version may be uploaded again"),
    ours("lint-uploads", Kind::Text, "lint all charts: off (only with ?lint=1), warn, or error to refuse them")
        .default("off"),
    bool("disable-force-overwrite", "DISABLE_FORCE_OVERWRITE", "disableforceoverwrite", "not even with ?force"),
    // Tenants and limits.
    int("depth", "DEPTH", "depth", "names before index.yaml: levels of tenants"),
    bool("depth-dynamic", "DEPTH_DYNAMIC", "depthdynamic", "any number of names before index.yaml"),
    int("max-upload-size", "MAX_UPLOAD_SIZE", "maxuploadsize", "bytes of an upload").default("20971520"),
    int("max-storage-objects", "MAX_STORAGE_OBJECTS", "maxstorageobjects", "files of a tenant, 0 for any number"),
    int(
        "per-chart-limit",
        "PER_CHART_LIMIT",
        "per-chart-limit",
        "versions of a chart; the oldest goes, 0 for any number",
    ),
    text(
        "chart-post-form-field-name",
        "CHART_POST_FORM_FIELD_NAME",
        "chartpostformfieldname",
        "form field of the archive",
    )
    .default("chart"),
    text(
        "prov-post-form-field-name",
        "PROV_POST_FORM_FIELD_NAME",
        "provpostformfieldname",
        "form field of its signature",
    )
    .default("prov"),
    // What is shown.
    text("chart-url", "CHART_URL", "charturl", "absolute address of archives in index.yaml"),
    bool("json-index", "JSON_INDEX", "json-index", "index.yaml as JSON"),
    bool("gen-index", "GEN_INDEX", "genindex", "print index.yaml and end"),
    ours("export", Kind::Text, "write all charts to this folder, as NAME-VERSION.tgz below their tenants, and end"),
    setting("artifact-hub-repo-id", "ARTIFACT_HUB_REPO_ID", "artifact-hub-repo-id", Kind::Pairs)
        .help("ID for artifacthub-repo.yml: ID, or TENANT=ID"),
    text("web-template-path", "WEB_TEMPLATE_PATH", "web-template-path", "folder of index.html and static/"),
    bool("enable-metrics", "ENABLE_METRICS", "enablemetrics", "/metrics for Prometheus"),
    bool("debug", "DEBUG", "debug", "more in the log"),
    bool("log-json", "LOG_JSON", "logjson", "the log as JSON"),
    bool("log-health", "LOG_HEALTH", "loghealth", "requests of /health in the log too"),
    bool("log-latency-integer", "LOG_LATENCY_INTEGER", "loglatencyinteger", "latency in nanoseconds"),
    setting("cache-interval", "CACHE_INTERVAL", "cacheinterval", Kind::Duration)
        .help("how often the folder or bucket is looked at for files of ChartMuseum, 0 for once")
        .default("5m"),
    // Taken, without effect.
    bool("disable-metrics", "DISABLE_METRICS", "disablemetrics", "").ignored("deprecated"),
    bool("enforce-semver2", "ENFORCE_SEMVER2", "enforce-semver2", "")
        .ignored("deprecated: versions are always checked"),
    bool("disable-statefiles", "DISABLE_STATEFILES", "disablestatefiles", "").ignored(IN_ROWS),
    int("index-limit", "INDEX_LIMIT", "indexlimit", "").ignored(IN_ROWS),
    bool("always-regenerate-chart-index", "ALWAYS_REGENERATE_CHART_INDEX", "always-regenerate-chart-index", "")
        .ignored("the index is never behind an upload"),
    setting("storage-timestamp-tolerance", "STORAGE_TIMESTAMP_TOLERANCE", "storage.timestamptolerance", Kind::Duration)
        .ignored("changes are known by digest"),
    text("cache", "CACHE", "cache.store", "").ignored(IN_ROWS),
    text("cache-redis-addr", "CACHE_REDIS_ADDR", "cache.redis.addr", "").ignored(IN_ROWS),
    text("cache-redis-password", "CACHE_REDIS_PASSWORD", "cache.redis.password", "").ignored(IN_ROWS),
    int("cache-redis-db", "CACHE_REDIS_DB", "cache.redis.db", "").ignored(IN_ROWS),
    // Not there.
    text("storage-oracle-bucket", "STORAGE_ORACLE_BUCKET", "storage.oracle.bucket", "").refused(BY_S3),
    text("storage-oracle-prefix", "STORAGE_ORACLE_PREFIX", "storage.oracle.prefix", "").refused(BY_S3),
    text("storage-oracle-region", "STORAGE_ORACLE_REGION", "storage.oracle.region", "").refused(BY_S3),
    text("storage-oracle-compartmentid", "STORAGE_ORACLE_COMPARTMENTID", "storage.oracle.compartmentid", "")
        .refused(BY_S3),
    text("storage-alibaba-bucket", "STORAGE_ALIBABA_BUCKET", "storage.alibaba.bucket", "").refused(BY_S3),
    text("storage-alibaba-prefix", "STORAGE_ALIBABA_PREFIX", "storage.alibaba.prefix", "").refused(BY_S3),
    text("storage-alibaba-endpoint", "STORAGE_ALIBABA_ENDPOINT", "storage.alibaba.endpoint", "").refused(BY_S3),
    text("storage-alibaba-sse", "STORAGE_ALIBABA_SSE", "storage.alibaba.sse", "").refused(BY_S3),
    text("storage-openstack-container", "STORAGE_OPENSTACK_CONTAINER", "storage.openstack.container", "")
        .refused(BY_S3),
    text("storage-openstack-prefix", "STORAGE_OPENSTACK_PREFIX", "storage.openstack.prefix", "").refused(BY_S3),
    text("storage-openstack-region", "STORAGE_OPENSTACK_REGION", "storage.openstack.region", "").refused(BY_S3),
    text("storage-openstack-cacert", "STORAGE_OPENSTACK_CACERT", "storage.openstack.cacert", "").refused(BY_S3),
    text("storage-openstack-auth", "STORAGE_OPENSTACK_AUTH", "storage.openstack.auth", "").refused(BY_S3),
    text("storage-baidu-bucket", "STORAGE_BAIDU_BUCKET", "storage.baidu.bucket", "").refused(BY_S3),
    text("storage-baidu-prefix", "STORAGE_BAIDU_PREFIX", "storage.baidu.prefix", "").refused(BY_S3),
    text("storage-baidu-endpoint", "STORAGE_BAIDU_ENDPOINT", "storage.baidu.endpoint", "").refused(BY_S3),
    text("storage-tencent-bucket", "STORAGE_TENCENT_BUCKET", "storage.tencent.bucket", "").refused(BY_S3),
    text("storage-tencent-prefix", "STORAGE_TENCENT_PREFIX", "storage.tencent.prefix", "").refused(BY_S3),
    text("storage-tencent-endpoint", "STORAGE_TENCENT_ENDPOINT", "storage.tencent.endpoint", "").refused(BY_S3),
    text("storage-etcd-endpoint", "STORAGE_ETCD_ENDPOINT", "storage.etcd.endpoint", "").refused(NO_ETCD),
    text("storage-etcd-cafile", "STORAGE_ETCD_CAFILE", "storage.etcd.cafile", "").refused(NO_ETCD),
    text("storage-etcd-certfile", "STORAGE_ETCD_CERTFILE", "storage.etcd.certfile", "").refused(NO_ETCD),
    text("storage-etcd-keyfile", "STORAGE_ETCD_KEYFILE", "storage.etcd.keyfile", "").refused(NO_ETCD),
    text("storage-etcd-prefix", "STORAGE_ETCD_PREFIX", "storage.etcd.prefix", "").refused(NO_ETCD),
];
