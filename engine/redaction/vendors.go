package redaction

import "regexp"

// vendors are the tokens and hashes of passwords that carry the mark of who made them.
// They are looked for only in a text that has a stretch as long as theirs.
var vendors = []pattern{
	{"token", "gl", regexp.MustCompile(`\bgl(?:rt|ptt|dt|cbt|imt|ft|soat|agent)-[A-Za-z0-9_.-]{18,}`), 0},
	{"token", "glsa_", regexp.MustCompile(`\bglsa_[A-Za-z0-9]{30,}(?:_[a-f0-9]{8})?`), 0},
	{"token", "glc_", regexp.MustCompile(`\bglc_[A-Za-z0-9+/=]{40,}`), 0},
	{"token", "eyJrIjoi", regexp.MustCompile(`\beyJrIjoi[A-Za-z0-9=]{30,}`), 0},
	{"token", "xapp-", regexp.MustCompile(`\bxapp-\d-[A-Z0-9]+-\d+-[a-f0-9]{32,}`), 0},
	{"token", "whsec_", regexp.MustCompile(`\bwhsec_[A-Za-z0-9+/]{24,}={0,2}`), 0},
	{"token", "sk-", regexp.MustCompile(`\bsk-(?:[A-Za-z0-9]+-){0,3}[A-Za-z0-9_]*[A-Z][A-Za-z0-9_]*[0-9][A-Za-z0-9_-]{16,}`), 0},
	{"token", "hf_", regexp.MustCompile(`\bhf_[A-Za-z0-9]{30,}`), 0},
	{"token", "hv", regexp.MustCompile(`\bhv[br]\.[A-Za-z0-9_-]{20,}`), 0},
	{"token", "dp.", regexp.MustCompile(`\bdp\.(?:st|pt|ct|sa|scim|audit)\.[A-Za-z0-9_.-]{20,}`), 0},
	{"token", "_v1_", regexp.MustCompile(`\bdo[opr]_v1_[a-f0-9]{64}`), 0},
	{"token", ":AA", regexp.MustCompile(`(?:\b|bot)\d{8,10}:AA[A-Za-z0-9_-]{33}`), 0},
	{"token", "/api/webhooks/", regexp.MustCompile(`discord(?:app)?\.com/api/webhooks/\d+/([A-Za-z0-9_-]{40,})`), 1},
	{"token", ".webhook.office.com/", regexp.MustCompile(`\.webhook\.office\.com/[a-z0-9]+/([^\s"'<>\\]{20,})`), 1},
	{"token", "/webhook/", regexp.MustCompile(`outlook\.office(?:365)?\.com/webhook/([^\s"'<>\\]{12,})`), 1},
	{"token", "ya29.", regexp.MustCompile(`\bya29\.[A-Za-z0-9_-]{20,}`), 0},
	{"token", "GOCSPX-", regexp.MustCompile(`\bGOCSPX-[A-Za-z0-9_-]{20,}`), 0},
	{"token", "pypi-AgE", regexp.MustCompile(`\bpypi-AgE[A-Za-z0-9_-]{40,}`), 0},
	{"token", "Q~", regexp.MustCompile(`[A-Za-z0-9_~.-]{3}\dQ~[A-Za-z0-9_~.-]{31,34}`), 0},
	{"token", "NRAK-", regexp.MustCompile(`\bNRAK-[A-Z0-9]{27}`), 0},
	{"token", "shp", regexp.MustCompile(`\bshp(?:at|ss|ca|pa)_[a-fA-F0-9]{32}`), 0},
	{"token", "sq0", regexp.MustCompile(`\bsq0(?:csp|atp)-[A-Za-z0-9_-]{22,}`), 0},
	{"token", "pul-", regexp.MustCompile(`\bpul-[a-f0-9]{40}`), 0},
	{"token", ".atlasv1.", regexp.MustCompile(`\b[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_-]{40,}`), 0},
	{"token", "lin_api_", regexp.MustCompile(`\blin_api_[A-Za-z0-9]{30,}`), 0},
	{"token", "tskey-", regexp.MustCompile(`\btskey-[a-z]+-[A-Za-z0-9]+-[A-Za-z0-9]{16,}`), 0},
	{"token", "key-", regexp.MustCompile(`\bkey-[0-9a-f]{32}\b`), 0},
	{"token", "PMAK-", regexp.MustCompile(`\bPMAK-[a-f0-9]{24}-[a-f0-9]{34}`), 0},
	{"token", "dapi", regexp.MustCompile(`\bdapi[a-f0-9]{32}`), 0},
	{"token", "ATATT3", regexp.MustCompile(`\bATATT3[A-Za-z0-9_=-]{50,}`), 0},
	{"token", "AKC", regexp.MustCompile(`\bAKC[A-Za-z0-9]{60,}`), 0},
	{"token", "cmVmdGtu", regexp.MustCompile(`\bcmVmdGtu[A-Za-z0-9]{40,}`), 0},
	{"token", "ops_eyJ", regexp.MustCompile(`\bops_eyJ[A-Za-z0-9_-]{50,}`), 0},
	{"token", "sntry", regexp.MustCompile(`\bsntry[su]_[A-Za-z0-9_=+/]{40,}`), 0},
	{"token", "rubygems_", regexp.MustCompile(`\brubygems_[a-f0-9]{48}`), 0},
	{"password-hash", "$", regexp.MustCompile(`\$(?:apr1|1|5|6|y|7)\$[^\s$:"']{1,32}(?:\$[^\s$:"']{1,64})?\$[./A-Za-z0-9]{20,}`), 0},
	{"password-hash", "$2", regexp.MustCompile(`\$2[abxy]?\$\d\d\$[./A-Za-z0-9]{50,}`), 0},
	{"password-hash", "$argon2", regexp.MustCompile(`\$argon2(?:id|i|d)\$[^\s:"']{20,}`), 0},
}

// minMark is the stretch of letters and digits that every token of vendors has, at least.
const minMark = 16

// hasStretch reports whether a text has a stretch of letters and digits as long as a
// token's, or base64 as long, in which not all are small letters.
func hasStretch(s string) bool {
	run, varied := 0, false
	for i := range len(s) {
		c := s[i]
		if !isBase64(c) && c != '_' && c != '-' {
			run, varied = 0, false
			continue
		}
		varied = varied || c < 'a'
		if run++; run >= minMark && varied {
			return true
		}
	}
	return false
}
