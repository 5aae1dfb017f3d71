package checks

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"tickmark/engine"
)

var (
	policyReportKind        = engine.Kind{Group: "wgpolicyk8s.io", Kind: "PolicyReport"}
	clusterPolicyReportKind = engine.Kind{Group: "wgpolicyk8s.io", Kind: "ClusterPolicyReport"}
	openReportKind          = engine.Kind{Group: "openreports.io", Kind: "Report"}
	openClusterReportKind   = engine.Kind{Group: "openreports.io", Kind: "ClusterReport"}
	configAuditReportKind   = engine.Kind{Group: trivyGroup, Kind: "ConfigAuditReport"}
)

// mostResults is how many results of one report get a detail of their own.
const mostResults = 20

// Checks policy-reports-without-failures and configuration-audits-without-failures.
//
// Other tools' judgements of the cluster, in their words, as leads: whether their
// rules are the entity's is not judged. policy-reports-without-failures reads
// PolicyReports and ClusterPolicyReports (and the openreports.io kinds that follow
// them), configuration-audits-without-failures the ConfigAuditReports of the Trivy
// operator.
//
// Fails with a detail for each failing result, the first of a report, and the count
// of the others. Passes for a report whose results are in date and all passed or
// were skipped. Unknown for warnings, which their policy does not score, for
// results that ended in error, for a report without any result that passed, for one
// whose summary counts warnings or errors that it does not list, for one of which a result
// that passed is older than Params.ScanDays or has no date, nor has the report, and where
// reports of openreports.io may be hidden.
func policyReportsWithoutFailures() check {
	return check{
		id: "policy-reports-without-failures", version: 3, needs: []engine.Kind{policyReportKind, clusterPolicyReportKind},
		looks: []engine.Kind{openReportKind, openClusterReportKind},
		eval: func(v *engine.View) []engine.Detail {
			var details []engine.Detail
			for _, kind := range []engine.Kind{policyReportKind, clusterPolicyReportKind, openReportKind, openClusterReportKind} {
				for _, r := range engine.All[policyReport](v, kind) {
					details = append(details, judgeToolReport(v, r.Object, r.Value.report())...)
				}
			}
			return append(details, hidden(v, openReportKind, openClusterReportKind)...)
		},
	}
}

func configurationAuditsWithoutFailures() check {
	return check{id: "configuration-audits-without-failures", version: 1, needs: []engine.Kind{configAuditReportKind}, eval: func(v *engine.View) []engine.Detail {
		var details []engine.Detail
		for _, r := range engine.All[configAuditReport](v, configAuditReportKind) {
			details = append(details, judgeToolReport(v, r.Object, r.Value.report(r.Ref))...)
		}
		return details
	}}
}

// toolReport is what a tool judged, whatever the shape of its report.
type toolReport struct {
	subject engine.Ref // of results that name none; zero is the report itself
	results []toolResult
	passed  int
	failed  int // as the summary counts
	unclear int // warnings and errors, as it counts
	updated time.Time
}

// toolResult is one result that did not pass.
type toolResult struct {
	subject engine.Ref
	verdict engine.Verdict
	text    string
	field   string
}

func judgeToolReport(v *engine.View, o *engine.Object, r toolReport) []engine.Detail {
	var details []engine.Detail
	add := func(subject engine.Ref, f finding) {
		if subject.Kind == "" {
			subject = o.Ref
		}
		details = append(details, f.of(subject, o.Digest))
	}
	// What fails comes before what is not known, so that it is what is shown.
	slices.SortStableFunc(r.results, func(a, b toolResult) int {
		return int(b.verdict) - int(a.verdict)
	})
	failing := 0
	for i, result := range r.results {
		if result.verdict == engine.Fail {
			failing++
		}
		if i < mostResults {
			add(result.subject, finding{result.verdict, result.text, result.field, nil})
		}
	}
	if more := len(r.results) - mostResults; more > 0 {
		add(r.subject, finding{r.results[mostResults].verdict, fmt.Sprintf("%s that did not pass in the same report", count(more, "more result")), "", nil})
	}
	if len(r.results) > 0 && failing >= r.failed {
		return details
	}
	says, _ := stale(v, r.updated)
	switch {
	case r.failed > failing:
		add(r.subject, fails("summary", nil, "Its report counts %s and lists %d", count(r.failed, "failure"), failing))
	case r.unclear > len(r.results)-failing:
		add(r.subject, unknown("summary", nil, "Its report counts %s and lists %d", count(r.unclear, "warning or error"), len(r.results)-failing))
	case r.passed == 0:
		add(r.subject, unknown("", nil, "A report without a result that passed or failed: nothing may have been looked at"))
	case says != "":
		add(r.subject, unknown("", nil, "%s passed, but the report %s", count(r.passed, "result"), says))
	default:
		add(r.subject, passes("", nil, "%s passed in the report of %s", count(r.passed, "result"), day(r.updated)))
	}
	return details
}

// objectReference is an object as reports refer to it.
type objectReference struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Namespace  string `json:"namespace"`
	Name       string `json:"name"`
}

func (o objectReference) ref() engine.Ref {
	group, _, grouped := strings.Cut(o.APIVersion, "/")
	if !grouped {
		group = ""
	}
	return engine.Ref{Group: brief(group), Kind: brief(o.Kind), Namespace: brief(o.Namespace), Name: brief(o.Name)}
}

// policyReport is a PolicyReport in any of its versions.
type policyReport struct {
	Metadata struct {
		Created string `json:"creationTimestamp"`
	} `json:"metadata"`
	Scope   objectReference `json:"scope"`
	Results policyResults   `json:"results"`
	Summary struct {
		Fail  int `json:"fail"`
		Warn  int `json:"warn"`
		Error int `json:"error"`
	} `json:"summary"`
}

// policyResults keeps of a list what did not pass, and counts the rest.
type policyResults struct {
	passed  int
	undated bool // one that passed has no date
	others  []toolResult
	oldest  time.Time // of those that passed
}

// UnmarshalJSON reads the list result by result.
func (l *policyResults) UnmarshalJSON(raw []byte) error {
	var list []struct {
		Policy    string            `json:"policy"`
		Rule      string            `json:"rule"`
		Message   string            `json:"message"`
		Detail    string            `json:"description"`
		Result    string            `json:"result"`
		Status    string            `json:"status"`
		Severity  string            `json:"severity"`
		Resources []objectReference `json:"resources"`
		Subjects  []objectReference `json:"subjects"`
		Timestamp struct {
			Seconds int64 `json:"seconds"`
		} `json:"timestamp"`
	}
	if err := json.Unmarshal(raw, &list); err != nil {
		return err
	}
	*l = policyResults{}
	for i, r := range list {
		result := strings.ToLower(r.Result + r.Status)
		if result == "pass" {
			l.pass(r.Timestamp.Seconds)
		}
		if result == "pass" || result == "skip" {
			continue
		}
		of := toolResult{verdict: engine.Unknown, field: index("results", i)}
		if result == "fail" {
			of.verdict = engine.Fail
		}
		if about := slices.Concat(r.Resources, r.Subjects); len(about) > 0 {
			of.subject = about[0].ref()
		}
		of.text = fmt.Sprintf("Policy %s, rule %s, says %s: %s", brief(r.Policy), brief(r.Rule), brief(result), brief(r.Message+r.Detail))
		l.others = append(l.others, of)
	}
	return nil
}

// pass counts a result that passed, and keeps the oldest date: one that was judged anew
// makes no other newer.
func (l *policyResults) pass(seconds int64) {
	l.passed++
	at := time.Unix(seconds, 0)
	switch {
	case seconds <= 0:
		l.undated = true
	case l.oldest.IsZero() || at.Before(l.oldest):
		l.oldest = at
	}
}

func (p *policyReport) report() toolReport {
	r := toolReport{
		subject: p.Scope.ref(), results: slices.Clone(p.Results.others), passed: p.Results.passed,
		failed: p.Summary.Fail, unclear: p.Summary.Warn + p.Summary.Error, updated: p.Results.oldest,
	}
	for i := range r.results {
		if r.results[i].subject.Kind == "" {
			r.results[i].subject = r.subject
		}
	}
	if p.Results.undated { // the report itself is as old as what stands in it, or older
		created, err := time.Parse(time.RFC3339, p.Metadata.Created)
		if err != nil || r.updated.IsZero() || created.Before(r.updated) {
			r.updated = created
		}
	}
	return r
}

// configAuditReport is the Trivy operator's judgement of one object's settings.
type configAuditReport struct {
	trivyReport
	Report struct {
		Updated string `json:"updateTimestamp"`
		Summary struct {
			severityCounts
		} `json:"summary"`
		Checks []struct {
			ID       string `json:"checkID"`
			Title    string `json:"title"`
			Severity string `json:"severity"`
			Success  bool   `json:"success"`
		} `json:"checks"`
	} `json:"report"`
}

func (c *configAuditReport) report(of engine.Ref) toolReport {
	r := toolReport{subject: c.owner(of.Namespace), failed: c.Report.Summary.all()}
	for i, check := range c.Report.Checks {
		if check.Success {
			r.passed++
			continue
		}
		r.results = append(r.results, toolResult{
			subject: r.subject, verdict: engine.Fail, field: index("report.checks", i),
			text: fmt.Sprintf("Check %s (%s) did not pass: %s", brief(check.ID), brief(check.Severity), brief(check.Title)),
		})
	}
	if updated, err := time.Parse(time.RFC3339, c.Report.Updated); err == nil {
		r.updated = updated
	}
	return r
}
