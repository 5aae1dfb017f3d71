package checks

import (
	"tickmark/engine"
	"tickmark/engine/findings"
)

// Check imported-vulnerability-scans-clean.
//
// Of files that other tools wrote and that speak of vulnerabilities. Fails for a
// vulnerability that the tool rates high or critical. Unknown for one that it does not
// rate, or that somebody suppressed, with the reason, the author and the date that are
// given; for a file that does not say what was looked at, that was not read whole, or
// whose tool was told to leave something out, or may have been; for a scan of more than 92
// days before the evaluation, or of no day; and where nothing was looked at: an empty
// list shows nothing. Passes for each thing that was looked at in which nothing high or
// critical was found. Lower ones are counted there and judged elsewhere.
func importedVulnerabilityScansClean() check {
	return check{id: "imported-vulnerability-scans-clean", version: 3, needs: findings.Kinds(), eval: func(v *engine.View) []engine.Detail {
		return judgeImported(v, findings.Vulnerabilities, judgeVulnerability)
	}}
}

func judgeVulnerability(s importedScan, f *findings.Finding) finding {
	switch {
	case f.Severity.Serious() || f.Status != findings.Failed && f.Status != findings.Suppressed:
	case f.Status == findings.Suppressed:
		return notApplicable("severity", f.Severity, "%s: suppressed, and below high", said(s, f))
	default:
		return notApplicable("severity", f.Severity, "%s: below high%s", said(s, f), behind(f))
	}
	if f.Status == findings.Failed && f.Severity == findings.Unrated {
		return unknown("severity", f.Rating, "%s: the tool does not say how severe it is%s", said(s, f), behind(f))
	}
	return judgeFinding(s, f)
}

// Check imported-secret-scans-clean.
//
// Of files that other tools wrote and that speak of credentials found in images and
// files. Fails for each that was found: where it is, never what it is. Unknown for one
// that was suppressed, and for what keeps a file from being proof.
func importedSecretScansClean() check {
	return check{id: "imported-secret-scans-clean", version: 2, needs: findings.Kinds(), eval: func(v *engine.View) []engine.Detail {
		return judgeImported(v, findings.Secrets, judgeFinding)
	}}
}

// Check imported-configuration-scans-clean.
//
// Of files that other tools wrote and that speak of how something is set: workloads,
// infrastructure as code, cloud accounts. Each finding is what its tool says: failed
// fails, passed passes; left to a person, suppressed, not understood and not looked at
// for an error are unknown.
func importedConfigurationScansClean() check {
	return check{id: "imported-configuration-scans-clean", version: 2, needs: findings.Kinds(), eval: func(v *engine.View) []engine.Detail {
		return judgeImported(v, findings.Configuration, judgeFinding)
	}}
}

// Check imported-benchmarks-passed.
//
// Of a hardening benchmark's results, control by control, as kube-bench writes them.
// FAIL fails, PASS passes; WARN, which kube-bench prints where a person has to look, is
// unknown. A file that does not say of which node it is shows nothing until somebody
// does.
func importedBenchmarksPassed() check {
	return check{id: "imported-benchmarks-passed", version: 2, needs: findings.Kinds(), eval: func(v *engine.View) []engine.Detail {
		return judgeImported(v, findings.Benchmark, judgeFinding)
	}}
}
