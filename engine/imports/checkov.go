package imports

import (
	"fmt"

	"tickmark/engine"
	"tickmark/engine/findings"
)

func fitsCheckov(h head) bool {
	first := item(h.first)
	results := at(first, "results")
	return has(first, "check_type") && (has(results, "failed_checks") || has(results, "passed_checks")) || has(first, "checkov_version", "resource_count")
}

type checkovRecord struct {
	CheckID     string `json:"check_id"`
	CheckName   string `json:"check_name"`
	CheckResult struct {
		Result          string `json:"result"`
		SuppressComment string `json:"suppress_comment"`
	} `json:"check_result"`
	FilePath      string `json:"file_path"`
	FileLineRange []int  `json:"file_line_range"`
	Resource      string `json:"resource"`
	Severity      string `json:"severity"`
	Guideline     string `json:"guideline"`
	Vulnerability *struct {
		ID             string `json:"id"`
		Severity       string `json:"severity"`
		PackageName    string `json:"package_name"`
		PackageVersion string `json:"package_version"`
		Status         string `json:"status"`
		Link           string `json:"link"`
	} `json:"vulnerability_details"`
}

// checkovSummary is what a result counts. One that was asked for briefly lists only what
// failed.
type checkovSummary struct {
	Passed  int `json:"passed"`
	Failed  int `json:"failed"`
	Skipped int `json:"skipped"`
	Unread  int `json:"parsing_errors"`
}

// readCheckov reads what `checkov -o json` writes: the result of one framework, or a list
// of them. It says neither when it ran nor which folder it was started in.
func readCheckov(in *intake) error {
	var framework string
	var listed checkovSummary
	in.report.Tool.Version = textAt(item(in.head.first), "summary", "checkov_version")
	if in.report.Tool.Version == "" {
		in.report.Tool.Version = textAt(item(in.head.first), "checkov_version")
	}
	record := func(status findings.Status) *spot {
		return each(taken(func(raw []byte) {
			var r checkovRecord
			if status == findings.Failed {
				listed.Failed++
			}
			if in.decode(raw, &r) {
				in.finding(r.finding(framework, status))
			}
		}))
	}
	results := fields(map[string]*spot{
		"passed_checks": record(findings.Passed), "failed_checks": record(findings.Failed), "skipped_checks": record(findings.Suppressed),
		"parsing_errors": each(taken(func(raw []byte) {
			var file string
			listed.Unread++
			if in.decode(raw, &file) {
				in.gap(in.place(), engine.Unreadable, "Checkov could not read "+file)
			}
		})),
	})
	var summary checkovSummary
	summed := taken(func(raw []byte) {
		if in.decode(raw, &summary) {
			in.says(fmt.Sprintf("%s: %d passed, %d failed, %d skipped", framework, summary.Passed, summary.Failed, summary.Skipped))
		}
	})
	one := fields(map[string]*spot{"check_type": in.into(&framework), "results": results, "summary": summed})
	one.begin = func(string) { framework, listed, summary = "", checkovSummary{}, checkovSummary{} }
	one.end = func() {
		in.speaks(checkovClass(framework))
		if summary.Failed > listed.Failed || summary.Unread > listed.Unread {
			in.gap(in.place(), engine.Unexplained, fmt.Sprintf("Checkov counts %d failed and %d files that it could not read, and lists %d and %d",
				summary.Failed, summary.Unread, listed.Failed, listed.Unread))
		}
	}
	if _, list := in.head.first.([]any); list {
		return in.walk(each(one))
	}
	return in.walk(one)
}

func checkovClass(framework string) findings.Class {
	switch framework {
	case "sca_package", "sca_image":
		return findings.Vulnerabilities
	case "secrets":
		return findings.Secrets
	}
	return findings.Configuration
}

func (r checkovRecord) finding(framework string, status findings.Status) findings.Finding {
	f := findings.Finding{
		Class: checkovClass(framework), ID: r.CheckID, Title: r.CheckName, Status: status, Word: r.CheckResult.Result,
		Severity: findings.Rate(r.Severity), Rating: r.Severity, Subject: r.Resource, Location: r.FilePath, References: some(r.Guideline),
	}
	if f.Class == findings.Secrets {
		f.Subject = r.FilePath // Checkov names a secret by its unsalted hash
	}
	if len(r.FileLineRange) > 0 && r.FileLineRange[0] > 0 {
		f.Location = fmt.Sprintf("%s:%d", r.FilePath, r.FileLineRange[0])
	}
	// A record says for itself what its list says; where they differ nobody can tell.
	said, known := map[string]findings.Status{"PASSED": findings.Passed, "FAILED": findings.Failed, "SKIPPED": findings.Suppressed}[r.CheckResult.Result]
	if !known || said != status {
		f.Status = findings.Unclear
	}
	if f.Status == findings.Suppressed {
		f.Statement = &findings.Statement{Why: r.CheckResult.SuppressComment, Source: "a comment in the file"}
	}
	if v := r.Vulnerability; v != nil {
		f.ID, f.Severity, f.Rating, f.References = v.ID, findings.Rate(v.Severity), v.Severity, some(v.Link)
		f.Package = findings.Package{Name: v.PackageName, Installed: v.PackageVersion, Fixed: v.Status}
	}
	return f
}
