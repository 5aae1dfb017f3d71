package redaction

import "slices"

// scanned are the members in which a scanner repeats what it found to be a secret. Nothing but the
// scanner tells that it is one, which is known by what stands beside.
var scanned = []pattern{
	{namedSecret, "Match", quotes("Match", "RuleID"), 1},
	{namedSecret, `match\`, quotes("match", "ruleID"), 1},
	{namedSecret, `match"`, quotes("match", "ruleID"), 1},
	{namedSecret, "Highlighted", quotes("Highlighted", "RuleID"), 1},
	{namedSecret, "Content", quotes("Content", "Highlighted"), 1},
	{namedSecret, "Raw", quotes("Raw(?:V2)?", "DetectorName"), 1},
	{namedSecret, "raw_source_code_extract", quotes("raw_source_code_extract", ""), 1},
	{namedSecret, "abstract_content", quotes("abstract_content", ""), 1},
	{namedSecret, "lines", quotes("lines", "abstract_content"), 1},
}

// quotes is the text of a member of JSON, also where that stands as text in other JSON.
func quotes(member, besides string) *expression {
	e := late(`"` + member + `\\*"\s*:\s*\\*"((?:[^"\\]|\\[^"])+)`)
	e.beside = besides
	return e
}

// scanners are the same members of an object, with those that tell by their being there.
var scanners = map[string][]string{
	"match": {"ruleID", "ruleId", "RuleID"}, "Match": {"RuleID", "ruleID"}, "Raw": {"DetectorName"}, "RawV2": {"DetectorName"}, "raw_source_code_extract": {"name", "id"}, "abstract_content": {"start", "end"},
}

// repeats reports whether a member of an object repeats what a scanner found.
func repeats(m map[string]any, key string) bool {
	return slices.ContainsFunc(scanners[key], func(beside string) bool { _, is := m[beside]; return is })
}
