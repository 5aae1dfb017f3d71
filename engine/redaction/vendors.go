package redaction

// vendors are the tokens and hashes of passwords that carry the mark of who made them.
// They are looked for only in a text that has a stretch as long as theirs.
var vendors = []pattern{
	{"token", "gl", late(`\bgl(?:rt|ptt|dt|cbt|imt|ft|soat|agent)-[A-Za-z0-9_.-]{18,}`), 0},
	{"token", "glsa_", late(`\bglsa_[A-Za-z0-9]{30,}(?:_[a-f0-9]{8})?`), 0},
	{"token", "glc_", late(`\bglc_[A-Za-z0-9+/=]{40,}`), 0},
	{"token", "eyJrIjoi", late(`\beyJrIjoi[A-Za-z0-9=]{30,}`), 0},
	{"token", "xapp-", late(`\bxapp-\d-[A-Z0-9]+-\d+-[a-f0-9]{32,}`), 0},
	{"token", "whsec_", late(`\bwhsec_[A-Za-z0-9+/]{24,}={0,2}`), 0},
	{"token", "sk-", late(`\bsk-(?:[A-Za-z0-9]+-){0,3}[A-Za-z0-9_]*[A-Z][A-Za-z0-9_]*[0-9][A-Za-z0-9_-]{16,}`), 0},
	{"token", "hf_", late(`\bhf_[A-Za-z0-9]{30,}`), 0},
	{"token", "hv", late(`\bhv[br]\.[A-Za-z0-9_-]{20,}`), 0},
	{"token", "dp.", late(`\bdp\.(?:st|pt|ct|sa|scim|audit)\.[A-Za-z0-9_.-]{20,}`), 0},
	{"token", "_v1_", late(`\bdo[opr]_v1_[a-f0-9]{64}`), 0},
	{"token", ":AA", late(`(?:\b|bot)\d{8,10}:AA[A-Za-z0-9_-]{33}`), 0},
	{"token", "/api/webhooks/", late(`discord(?:app)?\.com/api/webhooks/\d+/([A-Za-z0-9_-]{40,})`), 1},
	{"token", ".webhook.office.com/", late(`\.webhook\.office\.com/[a-z0-9]+/([^\s"'<>\\]{20,})`), 1},
	{"token", "/webhook/", late(`outlook\.office(?:365)?\.com/webhook/([^\s"'<>\\]{12,})`), 1},
	{"token", "ya29.", late(`\bya29\.[A-Za-z0-9_-]{20,}`), 0},
	{"token", "GOCSPX-", late(`\bGOCSPX-[A-Za-z0-9_-]{20,}`), 0},
	{"token", "pypi-AgE", late(`\bpypi-AgE[A-Za-z0-9_-]{40,}`), 0},
	{"token", "Q~", late(`[A-Za-z0-9_~.-]{3}\dQ~[A-Za-z0-9_~.-]{31,34}`), 0},
	{"token", "NRAK-", late(`\bNRAK-[A-Z0-9]{27}`), 0},
	{"token", "shp", late(`\bshp(?:at|ss|ca|pa)_[a-fA-F0-9]{32}`), 0},
	{"token", "sq0", late(`\bsq0(?:csp|atp)-[A-Za-z0-9_-]{22,}`), 0},
	{"token", "pul-", late(`\bpul-[a-f0-9]{40}`), 0},
	{"token", ".atlasv1.", late(`\b[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_-]{40,}`), 0},
	{"token", "lin_api_", late(`\blin_api_[A-Za-z0-9]{30,}`), 0},
	{"token", "tskey-", late(`\btskey-[a-z]+-[A-Za-z0-9]+-[A-Za-z0-9]{16,}`), 0},
	{"token", "key-", late(`\bkey-[0-9a-f]{32}\b`), 0},
	{"token", "PMAK-", late(`\bPMAK-[a-f0-9]{24}-[a-f0-9]{34}`), 0},
	{"token", "dapi", late(`\bdapi[a-f0-9]{32}`), 0},
	{"token", "ATATT3", late(`\bATATT3[A-Za-z0-9_=-]{50,}`), 0},
	{"token", "AKC", late(`\bAKC[A-Za-z0-9]{60,}`), 0},
	{"token", "cmVmdGtu", late(`\bcmVmdGtu[A-Za-z0-9]{40,}`), 0},
	{"token", "ops_eyJ", late(`\bops_eyJ[A-Za-z0-9_-]{50,}`), 0},
	{"token", "sntry", late(`\bsntry[su]_[A-Za-z0-9_=+/]{40,}`), 0},
	{"token", "rubygems_", late(`\brubygems_[a-f0-9]{48}`), 0},
	{"password-hash", "$", late(`\$(?:apr1|1|5|6|y|7)\$[^\s$:"']{1,32}(?:\$[^\s$:"']{1,64})?\$[./A-Za-z0-9]{20,}`), 0},
	{"password-hash", "$2", late(`\$2[abxy]?\$\d\d\$[./A-Za-z0-9]{50,}`), 0},
	{"password-hash", "$argon2", late(`\$argon2(?:id|i|d)\$[^\s:"']{20,}`), 0},
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
