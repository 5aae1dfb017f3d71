package redaction

import "regexp"

// pattern is a secret that is known by its looks. The literal must stand in the
// text before the expression is tried.
type pattern struct {
	kind     string
	literal  string
	expr     *regexp.Regexp
	replaces int // group that is replaced, 0 for all of it
}

var patterns = []pattern{
	{"private-key", "-----BEGIN", regexp.MustCompile(`(?s)-----BEGIN[A-Z0-9 +%]{0,60}PRIVATE(?: |\+|%20)KEY((?: |\+|%20)BLOCK)?-----.*?(-----END[A-Z0-9 +%]{0,60}PRIVATE(?: |\+|%20)KEY((?: |\+|%20)BLOCK)?-----|$)`), 0},
	{"private-key", `"kty"`, regexp.MustCompile(`"(?:d|p|q|dp|dq|qi|k)"\s*:\s*"([A-Za-z0-9_-]{16,})"`), 1}, // a JSON web key
	{"private-key", "AGE-SECRET-KEY-", regexp.MustCompile(`AGE-SECRET-KEY-[0-9A-Z-]{10,}`), 0},
	{"jwt", "eyJ", regexp.MustCompile(`eyJ[A-Za-z0-9_-]{6,}\.{1,2}[A-Za-z0-9_-]{6,}(?:\.[A-Za-z0-9_-]*){0,3}`), 0},
	{"aws-key", "AKIA", regexp.MustCompile(`AKIA[0-9A-Z]{16}["']?[\s:,;/]+["']?([A-Za-z0-9+/]{40})\b`), 1},
	{"aws-key", "AKIA", regexp.MustCompile(`AKIA[0-9A-Z]{16}`), 0},
	{"aws-key", "ASIA", regexp.MustCompile(`ASIA[0-9A-Z]{16}`), 0},
	{"token", "github_pat_", regexp.MustCompile(`github_pat_[A-Za-z0-9_]{20,}`), 0},
	{"token", "gh", regexp.MustCompile(`gh[pousr]_[A-Za-z0-9]{30,}`), 0},
	{"token", "glpat-", regexp.MustCompile(`glpat-[A-Za-z0-9_-]{18,}`), 0},
	{"token", "xox", regexp.MustCompile(`xox[abeprs]-[A-Za-z0-9-]{10,}`), 0},
	{"token", "hooks.slack.com/", regexp.MustCompile(`hooks\.slack\.com/(services|workflows)/([Xx/-]*[A-WYZa-wyz0-9_][A-Za-z0-9_/-]*)`), 2},
	{"token", "k_live_", regexp.MustCompile(`[rs]k_live_[A-Za-z0-9]{10,}`), 0},
	{"token", "k_test_", regexp.MustCompile(`[rs]k_test_[A-Za-z0-9]{10,}`), 0},
	{"token", "AIza", regexp.MustCompile(`AIza[A-Za-z0-9_-]{35}`), 0},
	{"token", "npm_", regexp.MustCompile(`npm_[A-Za-z0-9]{36}`), 0},
	{"token", "SG.", regexp.MustCompile(`SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}`), 0},
	{"token", "hvs.", regexp.MustCompile(`hvs\.[A-Za-z0-9_-]{20,}`), 0},
	{"token", "dckr_pat_", regexp.MustCompile(`dckr_pat_[A-Za-z0-9_-]{20,}`), 0},
	{"token", "AccountKey=", regexp.MustCompile(`AccountKey=([A-Za-z0-9+/=]{16,})`), 1},
	{"token", "earer ", regexp.MustCompile(`[Bb]earer +([A-Za-z0-9+/=._~-]{16,})`), 1},
	{"token", "asic ", regexp.MustCompile(`[Bb]asic +([A-Za-z0-9+/]{12,}={1,2})`), 1},
	{"token", "uthorization", regexp.MustCompile(`(?i)authorization\\*["']?\s*[:= ]\s*\\*["']?(?:token|bearer|basic|apikey)\s+([A-Za-z0-9+/=._~-]{8,})`), 1},
	{"token", "ookie:", regexp.MustCompile(`ookie:\s*([^\s=;"']+=[^\r\n"']{8,})`), 1},
	{"token", "://", regexp.MustCompile(`://([A-Za-z0-9_-]{20,})(?::[^\s@/"']*)?@`), 1},
	{"token", "sig=", regexp.MustCompile(`[?&;]sig=([A-Za-z0-9%+/=_-]{16,})`), 1},
	{"token", "ignature=", regexp.MustCompile(`[?&]X-(?:Amz|Goog)-Signature=([A-Za-z0-9%_-]{16,})`), 1},
	{"token", "ecurity-Token=", regexp.MustCompile(`[?&]X-Amz-Security-Token=([A-Za-z0-9%+/=_-]{16,})`), 1},
	{"token", "key=", regexp.MustCompile(`[?&]key=([A-Za-z0-9_%-]{20,})`), 1},
	{"token", "code=", regexp.MustCompile(`[?&]code=([A-Za-z0-9_%/+-]{20,}={0,2})`), 1},
	{urlPassword, "://", regexp.MustCompile(`[A-Za-z][A-Za-z0-9+.-]*://[^\s/:@"'?#\[]*:([^\s@"'<>]+(?:@[^\s/?#@"'<>]+)*)@`), 1},
	{urlPassword, "@tcp(", regexp.MustCompile(`[^\s:/@"'=]+:([^\s@"'<>]+)@tcp\(`), 1},
	{urlPassword, "@unix(", regexp.MustCompile(`[^\s:/@"'=]+:([^\s@"'<>]+)@unix\(`), 1},
	{urlPassword, "jdbc:oracle:", regexp.MustCompile(`jdbc:oracle:[a-z0-9]+:[^/\s@"']*/([^\s@"'<>]+)@`), 1},
	// Without a scheme a host must follow with its port or a path: not `user:ann@example.com`, not `name:tag@sha256:...`.
	{urlPassword, "@", regexp.MustCompile(`(?:^|[\s"'=,;(\[])[A-Za-z0-9._%+-]{1,64}:([^\s:/@"'<>{}()$\[\]]{1,256})@[A-Za-z0-9][A-Za-z0-9_.-]*(?:/|:\d{2,5}(?:[/\s"',;?]|$))`), 1},
	{"private-key", "Private-Lines:", regexp.MustCompile(`(?s)Private-Lines: *\d+\s+(.*?)(?:\s+Private-MAC|$)`), 1},
	{namedSecret, "REDISCLI_AUTH", regexp.MustCompile(`REDISCLI_AUTH=["']?([^\s"']+)`), 1},
	{namedSecret, "requirepass", regexp.MustCompile(`(?m)^[ \t]*requirepass[ \t]+(\S+)`), 1},
	{namedSecret, "masterauth", regexp.MustCompile(`(?m)^[ \t]*masterauth[ \t]+(\S+)`), 1},
	{namedSecret, ":5432:", regexp.MustCompile(`(?m)^[^:\s#]+:5432:[^:\s]+:[^:\s]+:([^:\s]+)[ \t]*$`), 1}, // .pgpass
	{namedSecret, ":5433:", regexp.MustCompile(`(?m)^[^:\s#]+:5433:[^:\s]+:[^:\s]+:([^:\s]+)[ \t]*$`), 1},
	{namedSecret, ":6432:", regexp.MustCompile(`(?m)^[^:\s#]+:6432:[^:\s]+:[^:\s]+:([^:\s]+)[ \t]*$`), 1},
	{namedSecret, "pgpass", regexp.MustCompile(`(?m)^[^:\s#]+:\d{1,5}:[^:\s]+:[^:\s]+:([^:\s]+)[ \t]*$`), 1},
	{namedSecret, ":*:", regexp.MustCompile(`(?m)^[^:\s#]+:(?:\d{1,5}|\*):[^:\s]+:[^:\s]+:([^:\s]+)[ \t]*$`), 1},
}

// worded are those that have a blank inside: most of what is read has none.
var worded = []pattern{
	{"private-key", "PRIVATE KEY-----", regexp.MustCompile(`(?:[A-Za-z0-9+/=]{16,}[\s"',\\n]*)+-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----`), 0}, // the rest of one
	{"private-key", "---- BEGIN SSH2", regexp.MustCompile(`(?s)---- BEGIN SSH2[A-Z0-9 ]{0,40}PRIVATE KEY ----.*?(---- END SSH2[A-Z0-9 ]{0,40}PRIVATE KEY ----|$)`), 0},
	{"token", "uthorization:", regexp.MustCompile(`(?:-H|--header)[ =]*["']?[Aa]uthorization:\s*([^\s"']*[0-9][^\s"']*)`), 1},
	{namedSecret, "password", regexp.MustCompile(`\b(?:login|account)\s+\S+\s+password\s+(\S+)`), 1}, // .netrc
	{namedSecret, "machine ", regexp.MustCompile(`\bmachine\s+\S+\s+password\s+(\S+)`), 1},
	{namedSecret, "auth-pass", regexp.MustCompile(`\bauth-pass\s+\S+\s+(\S+)`), 1},
	{namedSecret, " ~", regexp.MustCompile(`\buser\s+\S+\s+(?:on|off)\s[^\n]*?>(\S+)`), 1}, // of Redis
	{namedSecret, "bindpw", regexp.MustCompile(`(?m)^[ \t]*bindpw[ \t]+(\S+)`), 1},
	{namedSecret, "rootpw", regexp.MustCompile(`(?m)^[ \t]*rootpw[ \t]+(\S+)`), 1},
	{namedSecret, "community", regexp.MustCompile(`\b(?:snmp-server[ \t]+|r[ow])community[ \t]+(\S+)`), 1},
	{namedSecret, "PSK", regexp.MustCompile(`:[ \t]*PSK[ \t]+"([^"\n]+)"`), 1},
	// Of what people write and programs say: in quotes, or with a digit, which "is required" has not.
	{namedSecret, "assword", regexp.MustCompile(`\b[Pp]assword\s+'([^'\s]{3,})'`), 1},
	{namedSecret, "assword ", regexp.MustCompile(`\b(?:[Pp]assword is|with password):?[ \t]+["']?([^\s"']*[0-9][^\s"']*)`), 1},
	{namedSecret, "PASSWORD", regexp.MustCompile(`\bPASSWORD\s*\(?\s*'([^'\n]+)'`), 1},
	{namedSecret, "IDENTIFIED", regexp.MustCompile(`\bIDENTIFIED\s+(?:WITH\s+\S+\s+)?(?:BY|AS)\s+(?:PASSWORD\s+)?["']([^"'\n]+)["']`), 1},
}

// pipedIn is a password that one program says and another one reads.
var pipedIn = regexp.MustCompile(`\b(?:echo|printf)\s+(?:-\S+\s+|["']%s["']\s+)?["']?([^"'|\n]*[^"'|\s])["']?\s*\|\s*[^|\n]*?(?:--password-stdin|--passphrase-fd|sudo\s+-S|\bkinit\b|\bcryptsetup\b)`)

// commands are programs that take a password as a word without a name.
var commands = []pattern{
	{namedSecret, "mysql", regexp.MustCompile(`\bmysql(?:dump|admin|import)?\b[^\n|;&]*?\s-p["']?([^\s"']+)`), 1},
	{namedSecret, "mariadb", regexp.MustCompile(`\bmariadb(?:-dump|-admin)?\b[^\n|;&]*?\s-p["']?([^\s"']+)`), 1},
	{namedSecret, "mysqladmin", regexp.MustCompile(`\bmysqladmin\b[^\n|;&]*?\spassword\s+["']?([^\s"']+)`), 1},
	{namedSecret, "sshpass", regexp.MustCompile(`\bsshpass\s+-p\s*([^\s"']+)`), 1},
	{namedSecret, "redis-cli", regexp.MustCompile(`\bredis-cli\b[^\n|;&]*?\s-a\s+([^\s"']+)`), 1},
	{namedSecret, "curl", regexp.MustCompile(`\bcurl\b[^\n|;&]*?\s(?:-u|--user|--proxy-user)(?:\s+|=)?["']?[^\s:"'=]+:([^\s"']+)`), 1},
	{namedSecret, "login", regexp.MustCompile(`\blogin\b[^\n|;&]*?\s-p[ =]*["']?([^\s"']+)`), 1},
	{namedSecret, "mongo", regexp.MustCompile(`\bmongo(?:sh|dump|restore|export|import|stat|top)?\s[^\n|;&]*?\s?-p[ =]?([^\s"'-][^\s"']*)`), 1},
	{namedSecret, "ldap", regexp.MustCompile(`\bldap(?:search|add|modify|delete|passwd|whoami)\b[^\n|;&]*?\s-w\s*([^\s"']+)`), 1},
	{namedSecret, "pass:", regexp.MustCompile(`\s-(?:pass|passin|passout)\s+pass:([^\s"']+)`), 1},
	{namedSecret, "chpasswd", regexp.MustCompile(`\becho\s+(?:-\S+\s+)?["']?[a-z_][a-z0-9_-]*:([^\s"'|]+)["']?\s*\|\s*(?:sudo\s+)?chpasswd\b`), 1},
	{namedSecret, "passwd", regexp.MustCompile(`\becho\s+(?:-\S+\s+)?["']?([^"'|]*[^"'|\s])["']?\s*\|\s*(?:sudo\s+)?passwd\b`), 1},
	{namedSecret, "--password-stdin", pipedIn, 1},
	{namedSecret, "--passphrase-fd", pipedIn, 1},
	{namedSecret, "sudo -S", pipedIn, 1},
	{namedSecret, "kinit", pipedIn, 1},
	{namedSecret, "cryptsetup", pipedIn, 1},
	{namedSecret, "create secret", regexp.MustCompile(`--from-literal[= ]["']?[^=\s]+=["']?([^\s"']+)`), 1},
	{namedSecret, "htpasswd", regexp.MustCompile(`\bhtpasswd\s+-\w*b\w*\s+(?:-\S+\s+)*\S+\s+\S+\s+["']?([^\s"']+)`), 1},
	{namedSecret, "useradd", regexp.MustCompile(`\buseradd\b[^\n|;&]*?\s-p[ =]?["']?([^\s"']+)`), 1},
	{namedSecret, "zip -P", regexp.MustCompile(`\bzip\s+-P\s*["']?([^\s"']+)`), 1},
	{namedSecret, "7z", regexp.MustCompile(`\b7z[ar]?\b[^\n|;&]*?\s-p["']?([^\s"']+)`), 1},
	{namedSecret, "openssl", regexp.MustCompile(`\bopenssl\s+enc\b[^\n|;&]*?\s-[kK]\s+["']?([^\s"']+)`), 1},
	{namedSecret, "bearer", regexp.MustCompile(`--oauth2-bearer[ =]["']?([^\s"']+)`), 1},
	{namedSecret, "vault login", regexp.MustCompile(`\bvault\s+login\s+([^\s=-][^\s=]*)(?:\s|$)`), 1},
	{namedSecret, "smbclient", regexp.MustCompile(`\bsmbclient\b[^\n|;&]*?%([^\s"']+)`), 1},
	{namedSecret, "ConvertTo-SecureString", regexp.MustCompile(`ConvertTo-SecureString\s+(?:-String\s+)?["']?([^\s"']+)`), 1},
	{namedSecret, "sqlcmd", regexp.MustCompile(`\bsqlcmd\b[^\n|;&]*?\s-P\s*([^\s"']+)`), 1},
	{namedSecret, "rabbitmqctl", regexp.MustCompile(`\brabbitmqctl\b[^\n|;&]*?\s(?:add_user|change_password)\s+\S+\s+([^\s"']+)`), 1},
	{namedSecret, "wget", regexp.MustCompile(`\bwget\b[^\n|;&]*?\s--(?:http-|ftp-|proxy-)?password[ =]([^\s"']+)`), 1},
}
