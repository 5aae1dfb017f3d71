package redaction

import (
	"regexp"
	"slices"
	"strings"

	"tickmark/engine"
)

// pattern is a secret that is known by its looks. The literal must stand in the
// text before the expression is tried.
type pattern struct {
	kind     string
	literal  string
	expr     *expression
	replaces int // group that is replaced, 0 for all of it
}

// find returns where a pattern stands, as FindAllStringSubmatchIndex does.
func (p *pattern) find(s string) (found [][]int) {
	if !strings.Contains(s, p.expr.beside) {
		return nil
	}
	if !p.expr.near {
		return p.expr.compiled().FindAllStringSubmatchIndex(s, -1)
	}
	const lines = 6
	done := 0
	for at := strings.Index(s, p.literal); at >= 0; {
		begin, end := strings.LastIndexByte(s[:at], '\n')+1, at
		next := until(s, at, "\n")
		for range lines {
			end = min(len(s), until(s, end, "\n")+1)
		}
		for _, m := range p.expr.compiled().FindAllStringSubmatchIndex(s[begin:end], -1) {
			for i := range m {
				m[i] += begin
			}
			if m[2*p.replaces] >= done {
				found, done = append(found, m), m[2*p.replaces+1]
			}
		}
		if at = strings.Index(s[next:], p.literal); at >= 0 {
			at += next
		}
	}
	return found
}

// nearby are patterns that stand near their literals.
func nearby(all []pattern) []pattern {
	for i := range all {
		all[i].expr.near = true
	}
	return all
}

// expression is one that is compiled when a text has its literal: most never do.
type expression struct {
	literal  int    // the number of the pattern's
	near     bool   // what it finds begins on the line of the literal, and ends a few lines below at the latest
	beside   string // what stands somewhere in the text as well
	compiled func() *regexp.Regexp
}

func late(form string) *expression {
	return &expression{compiled: engine.Late(form)}
}

var patterns = slices.Concat(scanned, []pattern{
	{"private-key", "-----BEGIN", late(`(?s)-----BEGIN[A-Z0-9 +%]{0,60}PRIVATE(?: |\+|%20)KEY((?: |\+|%20)BLOCK)?-----.*?(-----END[A-Z0-9 +%]{0,60}PRIVATE(?: |\+|%20)KEY((?: |\+|%20)BLOCK)?-----|$)`), 0},
	{"private-key", `"kty"`, late(`"(?:d|p|q|dp|dq|qi|k)"\s*:\s*"([A-Za-z0-9_-]{16,})"`), 1}, // a JSON web key
	{"private-key", "AGE-SECRET-KEY-", late(`AGE-SECRET-KEY-[0-9A-Z-]{10,}`), 0},
	{"jwt", "eyJ", late(`eyJ[A-Za-z0-9_-]{6,}\.{1,2}[A-Za-z0-9_-]{6,}(?:\.[A-Za-z0-9_-]*){0,3}`), 0},
	{"aws-key", "AKIA", late(`AKIA[0-9A-Z]{16}["']?[\s:,;/]+["']?([A-Za-z0-9+/]{40})\b`), 1},
	{"aws-key", "AKIA", late(`AKIA[0-9A-Z]{16}`), 0},
	{"aws-key", "ASIA", late(`ASIA[0-9A-Z]{16}`), 0},
	{"token", "github_pat_", late(`github_pat_[A-Za-z0-9_]{20,}`), 0},
	{"token", "gh", late(`gh[pousr]_[A-Za-z0-9]{30,}`), 0},
	{"token", "glpat-", late(`glpat-[A-Za-z0-9_-]{18,}`), 0},
	{"token", "xox", late(`xox[abeprs]-[A-Za-z0-9-]{10,}`), 0},
	{"token", "hooks.slack.com/", late(`hooks\.slack\.com/(services|workflows)/([Xx/-]*[A-WYZa-wyz0-9_][A-Za-z0-9_/-]*)`), 2},
	{"token", "k_live_", late(`[rs]k_live_[A-Za-z0-9]{10,}`), 0},
	{"token", "k_test_", late(`[rs]k_test_[A-Za-z0-9]{10,}`), 0},
	{"token", "AIza", late(`AIza[A-Za-z0-9_-]{35}`), 0},
	{"token", "npm_", late(`npm_[A-Za-z0-9]{36}`), 0},
	{"token", "SG.", late(`SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}`), 0},
	{"token", "hvs.", late(`hvs\.[A-Za-z0-9_-]{20,}`), 0},
	{"token", "dckr_pat_", late(`dckr_pat_[A-Za-z0-9_-]{20,}`), 0},
	{"token", "AccountKey=", late(`AccountKey=([A-Za-z0-9+/=]{16,})`), 1},
	{"token", "earer ", late(`[Bb]earer +([A-Za-z0-9+/=._~-]{16,})`), 1},
	{"token", "asic ", late(`[Bb]asic +([A-Za-z0-9+/]{12,}={1,2})`), 1},
	{"token", "uthorization", late(`(?i)authorization\\*["']?\s*[:= ]\s*\\*["']?(?:token|bearer|basic|apikey)\s+([A-Za-z0-9+/=._~-]{8,})`), 1},
	{"token", "ookie:", late(`ookie:\s*([^\s=;"']+=[^\r\n"']{8,})`), 1},
	{"token", "://", late(`://([A-Za-z0-9_-]{20,})(?::[^\s@/"']*)?@`), 1},
	{"token", "sig=", late(`[?&;]sig=([A-Za-z0-9%+/=_-]{16,})`), 1},
	{"token", "ignature=", late(`[?&]X-(?:Amz|Goog)-Signature=([A-Za-z0-9%_-]{16,})`), 1},
	{"token", "ecurity-Token=", late(`[?&]X-Amz-Security-Token=([A-Za-z0-9%+/=_-]{16,})`), 1},
	{"token", "key=", late(`[?&]key=([A-Za-z0-9_%-]{20,})`), 1},
	{"token", "code=", late(`[?&]code=([A-Za-z0-9_%/+-]{20,}={0,2})`), 1},
	{namedSecret, "x-oauth-basic", late(`://([^\s/:@"']+):x-oauth-basic@`), 1},
	{urlPassword, "://", late(`://[^\s/:@"'?#\[]*:([^\s@"'<>]+(?:@[^\s/?#@"'<>]+)*)@`), 1},
	{urlPassword, "@tcp(", late(`[^\s:/@"'=]+:([^\s@"'<>]+)@tcp\(`), 1},
	{urlPassword, "@unix(", late(`[^\s:/@"'=]+:([^\s@"'<>]+)@unix\(`), 1},
	{urlPassword, "jdbc:oracle:", late(`jdbc:oracle:[a-z0-9]+:[^/\s@"']*/([^\s@"'<>]+)@`), 1},
	// Without a scheme a host must follow with its port or a path: not `user:ann@example.com`, not `name:tag@sha256:...`.
	{urlPassword, "@", late(`(?:^|[\s"'=,;(\[])[A-Za-z0-9._%+-]{1,64}:([^\s:/@"'<>{}()$\[\]]{1,256})@[A-Za-z0-9][A-Za-z0-9_.-]*(?:/|:\d{2,5}(?:[/\s"',;?]|$))`), 1},
	{"private-key", "Private-Lines:", late(`(?s)Private-Lines: *\d+\s+(.*?)(?:\s+Private-MAC|$)`), 1},
	{namedSecret, "NetworkCredential", late(`NetworkCredential\]?(?:::new)?\s*\(\s*["'][^"'\n]*["']\s*,\s*["']([^"'\n]+)["']`), 1},
	{namedSecret, "REDISCLI_AUTH", late(`REDISCLI_AUTH=["']?([^\s"']+)`), 1},
	{namedSecret, "requirepass", late(`(?m)(?:^[ \t]*|(?i:config[ \t]+set)[ \t]+)requirepass[ \t]+["']?([^\s"']+)`), 1},
	{namedSecret, "masterauth", late(`(?m)(?:^[ \t]*|--|(?i:config[ \t]+set)[ \t]+)masterauth[ \t]+["']?([^\s"']+)`), 1},
	{namedSecret, ":5432:", late(`(?m)^[^:\s#]+:5432:[^:\s]+:[^:\s]+:([^:\s]+)[ \t]*$`), 1}, // .pgpass
	{namedSecret, ":5433:", late(`(?m)^[^:\s#]+:5433:[^:\s]+:[^:\s]+:([^:\s]+)[ \t]*$`), 1},
	{namedSecret, ":6432:", late(`(?m)^[^:\s#]+:6432:[^:\s]+:[^:\s]+:([^:\s]+)[ \t]*$`), 1},
	{namedSecret, "pgpass", late(`(?m)^[^:\s#]+:\d{1,5}:[^:\s]+:[^:\s]+:([^:\s]+)[ \t]*$`), 1},
	{namedSecret, ":*:", late(`(?m)^[^:\s#]+:(?:\d{1,5}|\*):[^:\s]+:[^:\s]+:([^:\s]+)[ \t]*$`), 1},
})

// worded are those that have a blank inside: most of what is read has none.
var worded = []pattern{
	{"private-key", "PRIVATE KEY-----", late(`(?:[A-Za-z0-9+/=]{16,}[\s"',\\n]*)+-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----`), 0}, // the rest of one
	{"private-key", "---- BEGIN SSH2", late(`(?s)---- BEGIN SSH2[A-Z0-9 ]{0,40}PRIVATE KEY ----.*?(---- END SSH2[A-Z0-9 ]{0,40}PRIVATE KEY ----|$)`), 0},
	{"token", "uthorization:", late(`(?:-H|--header)[ =]*["']?[Aa]uthorization:\s*([^\s"']*[0-9][^\s"']*)`), 1},
	{namedSecret, "password", late(`\b(?:login|account)\s+\S+\s+password\s+(\S+)`), 1},                                                                                                                          // .netrc
	{namedSecret, "chpasswd:", late(`chpasswd:[ \t]*\r?\n(?:[ \t]+[^\n]*\n)*?[ \t]+list:[ \t]*(?:[|>][^\n]*)?\r?\n[ \t]+((?:- +)?["']?[^\s:"'\[]+:\S[^\n]*(?:\n[ \t]+(?:- +)?["']?[^\s:"'\[]+:\S[^\n]*)*)`), 1}, // of cloud-init
	{namedSecret, "chpasswd:", late(`chpasswd:(?:[ \t]*\r?\n(?:[ \t]+[^\n]*\n)*?[ \t]+|[ \t]*\{[^\n]*)list:[ \t]*\[([^\[\]\n]+)\]`), 1},
	{namedSecret, "ertificateKey", late(`ertificateKey\\*["']?[ \t]*:[ \t]*\\*["']?([0-9a-f]{64})\b`), 1}, // of kubeadm
	{namedSecret, "auth_pass", late(`\bauth_pass[ \t]+["']?([^\s"'}]+)`), 1},                              // of keepalived
	{namedSecret, "stats auth", late(`\bstats[ \t]+auth[ \t]+[^\s:]+:(\S+)`), 1},
	{namedSecret, "insecure-password", late(`\binsecure-password[ \t]+["']?([^\s"']+)`), 1},
	{namedSecret, "assword", late(`\b[Pp]assword[ \t]+"([^"\n]{3,})"[ \t]*;`), 1}, // of BIRD
	{namedSecret, "machine ", late(`\bmachine\s+\S+\s+password\s+(\S+)`), 1},
	{namedSecret, "auth-pass", late(`\bauth-pass\s+\S+\s+(\S+)`), 1},
	{namedSecret, " ~", late(`\buser\s+\S+\s+(?:on|off)\s[^\n]*?>(\S+)`), 1}, // of Redis
	{namedSecret, "SETUSER", late(`\bSETUSER\s+\S+\s[^\n]*?>(\S+)`), 1},
	{namedSecret, "AUTHORIZATION", late(`AUTHORIZATION:\s*(?i:bearer|basic|token)\s+([^\s"']{8,})`), 1},
	{namedSecret, "bindpw", late(`(?m)^[ \t]*bindpw[ \t]+(\S+)`), 1},
	{namedSecret, "rootpw", late(`(?m)^[ \t]*rootpw[ \t]+(\S+)`), 1},
	{namedSecret, "community", late(`\b(?:snmp-server[ \t]+|r[ow])community[ \t]+(\S+)`), 1},
	{namedSecret, "PSK", late(`:[ \t]*PSK[ \t]+"([^"\n]+)"`), 1},
	// Of what people write and programs say: in quotes, or with a digit, which "is required" has not.
	{namedSecret, "assword", late(`\b[Pp]assword\s+'([^'\s]{3,})'`), 1},
	{namedSecret, "assword ", late(`\b(?:[Pp]assword is|with password):?[ \t]+["']?([^\s"']*[0-9][^\s"']*)`), 1},
	{namedSecret, "PASSWORD", late(`\bPASSWORD\s*\(?\s*'([^'\n]+)'`), 1},
	{namedSecret, "IDENTIFIED", late(`\bIDENTIFIED\s+(?:WITH\s+\S+\s+)?(?:BY|AS)\s+(?:PASSWORD\s+)?["']([^"'\n]+)["']`), 1},
}
