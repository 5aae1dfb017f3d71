package imports

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"tickmark/engine"
	"tickmark/engine/findings"
)

func fitsSARIF(h head) bool {
	return isList(h.first, "runs") && (strings.Contains(strings.ToLower(textAt(h.first, "$schema")), "sarif") || strings.HasPrefix(textAt(h.first, "version"), "2."))
}

// sarifRun is what stands beside the results of a run, in whatever order.
type sarifRun struct {
	driver     sarifComponent
	extensions []*sarifComponent

	Invocations []struct {
		ExecutionSuccessful        *bool  `json:"executionSuccessful"`
		StartTimeUTC               string `json:"startTimeUtc"`
		EndTimeUTC                 string `json:"endTimeUtc"`
		ToolExecutionNotifications []struct {
			Level   string    `json:"level"`
			Message sarifText `json:"message"`
		} `json:"toolExecutionNotifications"`
	}
	VersionControlProvenance []struct {
		RepositoryURI string `json:"repositoryUri"`
		RevisionID    string `json:"revisionId"`
	}
	AutomationDetails struct {
		ID string `json:"id"`
	}
	Properties struct {
		ImageName   string   `json:"imageName"`
		RepoDigests []string `json:"repoDigests"`
		ImageID     string   `json:"imageID"`
	}
	ExternalPropertyFileReferences json.RawMessage

	class findings.Class // of a run whose results do not tell
	by    string         // the tool with its version, where the file has several
	ran   time.Time
}

type sarifResult struct {
	RuleID    string `json:"ruleId"`
	RuleIndex *int   `json:"ruleIndex"`
	Rule      struct {
		ID            string             `json:"id"`
		Index         *int               `json:"index"`
		ToolComponent sarifComponentName `json:"toolComponent"` // whose rules the index is among, where they are not the driver's
	} `json:"rule"`
	Level         string    `json:"level"`
	Kind          string    `json:"kind"`
	BaselineState string    `json:"baselineState"`
	Message       sarifText `json:"message"`
	Locations     []struct {
		PhysicalLocation struct {
			ArtifactLocation struct {
				URI string `json:"uri"`
			} `json:"artifactLocation"`
			Region struct {
				StartLine int `json:"startLine"`
			} `json:"region"`
		} `json:"physicalLocation"`
		LogicalLocations []struct {
			FullyQualifiedName string `json:"fullyQualifiedName"`
		} `json:"logicalLocations"`
	} `json:"locations"`
	Suppressions []struct {
		Kind          string `json:"kind"`
		Status        string `json:"status"`
		Justification string `json:"justification"`
	} `json:"suppressions"`
}

// readSARIF reads the Static Analysis Results Interchange Format, version 2.1.0. What
// stands beside a run's results is read first, wherever it stands.
func readSARIF(in *intake) error {
	if !in.written("SARIF", textAt(in.head.first, "version"), "2.1.0") {
		return nil
	}
	runs, err := in.sarifRuns()
	if err != nil {
		return err
	}
	n := -1
	var subject findings.Subject
	listed, named := false, false
	results := each(taken(func(raw []byte) {
		var r sarifResult
		if in.decode(raw, &r) {
			f := runs[n].finding(r)
			f.Seen.By = runs[n].by
			named = true
			if f.Class == runs[n].class { // secrets that were found in an image show nothing of its packages
				subject.Counts.Add(f)
			}
			in.finding(f)
		}
	}))
	results.begin = func(string) { listed = true }
	run := fields(map[string]*spot{"results": results})
	run.begin = func(string) {
		if n = min(n+1, maxRuns); n == len(runs) { // the file changed, which is found at its end
			runs = append(runs, &sarifRun{})
		}
		listed, named, subject = false, false, findings.Subject{}
	}
	run.end = func() {
		if !listed {
			in.gap(in.place(), engine.Unexplained, "a run without results: the tool did not finish, by the format's own rule")
			return
		}
		subject.Name, subject.Class, subject.Tool = runs[n].looked().Name, runs[n].class, runs[n].by
		if !in.lookedAt(subject) && len(runs) > 1 && !named {
			in.gap(in.place(), engine.Unexplained, fmt.Sprintf("a run of %s names no result: an empty list shows nothing", runs[n].driver.name))
		}
	}
	return in.walk(fields(map[string]*spot{"runs": each(run)}))
}

// maxRuns bounds the runs whose own words are kept while their results are read.
const maxRuns = 1000

// sarifRuns reads all but the results.
func (in *intake) sarifRuns() ([]*sarifRun, error) {
	var runs []*sarifRun
	file, s, err := in.again()
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	into := func(value func(*sarifRun) any) *spot {
		return taken(func(raw []byte) {
			in.understand(s.line(), "what stands beside the results: ", raw, value(runs[len(runs)-1]))
		})
	}
	run := fields(map[string]*spot{
		"tool":                           in.sarifTool(s, func() *sarifRun { return runs[len(runs)-1] }),
		"invocations":                    into(func(r *sarifRun) any { return &r.Invocations }),
		"versionControlProvenance":       into(func(r *sarifRun) any { return &r.VersionControlProvenance }),
		"automationDetails":              into(func(r *sarifRun) any { return &r.AutomationDetails }),
		"properties":                     into(func(r *sarifRun) any { return &r.Properties }),
		"externalPropertyFileReferences": into(func(r *sarifRun) any { return &r.ExternalPropertyFileReferences }),
	})
	run.begin = func(string) {
		if len(runs) > maxRuns { // the last one stands for all that follow
			runs = runs[:maxRuns]
		}
		runs = append(runs, &sarifRun{})
	}
	var broken *syntaxError
	if err := fields(map[string]*spot{"runs": each(run)}).walk(s, "", 0); err != nil && !errors.As(err, &broken) {
		return nil, err // what is broken is found again, and said, where results are read
	}
	if len(runs) == 0 {
		in.gap(1, engine.Unexplained, "it has no run")
	}
	if len(runs) > maxRuns {
		in.gap(1, engine.TooLarge, fmt.Sprintf("it has more than %d runs, and who ran is not told of those that follow", maxRuns))
	}
	for _, r := range runs {
		r.understand(in)
	}
	in.together(runs)
	return runs, nil
}

// together says of the runs of a file what holds for all of them: every tool and its
// version, and since when each has run at least.
func (in *intake) together(runs []*sarifRun) {
	tools, names, looked := map[engine.Tool]bool{}, map[string]bool{}, map[string]bool{}
	named := 0
	for i, r := range runs {
		tools[r.tool()] = true
		if name := r.tool().Name; name != "" {
			names[name] = true
		}
		if i == 0 || r.ran.Before(in.report.Ran) { // that of a run that does not say is before all
			in.report.Ran = r.ran
		}
		if at := r.looked(); at.Name != "" {
			named++
			if looked[at.Name] = true; len(looked) == 1 {
				in.report.Looked = at
			}
		}
	}
	if len(looked) > 1 {
		in.report.Looked = findings.Artifact{Kind: "several", Name: joined(looked)}
	}
	in.report.Tool.Name = cmp.Or(joined(names), in.report.Tool.Name)
	all := slices.SortedFunc(maps.Keys(tools), func(a, b engine.Tool) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Version, b.Version))
	})
	if len(all) == 1 {
		in.report.Tool.Version = all[0].Version
	} else {
		in.report.Tools = all[:min(len(all), maxList)]
		for _, r := range runs {
			r.by = strings.TrimSpace(r.tool().Name + " " + r.tool().Version)
		}
	}
	if named > 0 && named < len(runs) {
		in.gap(0, engine.Unexplained, fmt.Sprintf("%d of its %d runs do not say what they looked at", len(runs)-named, len(runs)))
	}
}

// joined names all of a set, of a large one the first.
func joined(all map[string]bool) string {
	names := slices.Sorted(maps.Keys(all))
	if n := len(names) - maxList; n > 0 {
		names = append(names[:maxList], fmt.Sprintf("%d more", n))
	}
	return strings.Join(names, ", ")
}

// tool is who ran.
func (r *sarifRun) tool() engine.Tool {
	return engine.Tool{Name: r.driver.name, Version: cmp.Or(r.driver.semantic, r.driver.version)}
}

// understand reads what the run says of itself.
func (r *sarifRun) understand(in *intake) {
	for _, i := range r.Invocations {
		for _, t := range []string{i.StartTimeUTC, i.EndTimeUTC} {
			r.ran = later(r.ran, when(t))
		}
		if i.ExecutionSuccessful != nil && !*i.ExecutionSuccessful {
			in.gap(0, engine.Unexplained, r.driver.name+" says that it did not run successfully")
		}
		for _, n := range i.ToolExecutionNotifications {
			if n.Level == "error" {
				in.gap(0, engine.Unexplained, r.driver.name+" reported an error: "+n.Message.Text)
			}
		}
	}
	if len(r.ExternalPropertyFileReferences) > 0 && string(r.ExternalPropertyFileReferences) != "null" {
		in.gap(0, engine.Unsupported, "it keeps a part of itself in other files, which were not read")
	}
	r.class = findings.Configuration
	switch name := strings.ToLower(r.driver.name); {
	case slices.ContainsFunc([]string{"gitleaks", "trufflehog", "detect-secrets"}, func(s string) bool { return strings.Contains(name, s) }):
		r.class = findings.Secrets
	case slices.ContainsFunc([]string{"trivy", "grype", "snyk", "osv-scanner", "scout", "clair"}, func(s string) bool { return strings.Contains(name, s) }):
		r.class = findings.Vulnerabilities
	}
	in.speaks(r.class)
}

func (r *sarifRun) looked() findings.Artifact {
	if name := r.Properties.ImageName; name != "" {
		return findings.Artifact{Kind: "image", Name: name, Digests: append(some(r.Properties.ImageID), r.Properties.RepoDigests...)}
	}
	if len(r.VersionControlProvenance) > 0 && r.VersionControlProvenance[0].RepositoryURI != "" {
		p := r.VersionControlProvenance[0]
		return findings.Artifact{Kind: "repository", Name: p.RepositoryURI, Digests: some(p.RevisionID)}
	}
	if id := r.AutomationDetails.ID; id != "" {
		return findings.Artifact{Kind: "analysis", Name: id}
	}
	return findings.Artifact{}
}

var vulnerabilityID = engine.Late(`^(?:CVE|GHSA|RHSA|DSA|ALAS|OSV|GO|RUSTSEC|PYSEC)-[0-9A-Za-z-]+`)

func (r *sarifRun) finding(result sarifResult) findings.Finding {
	id := result.RuleID
	if id == "" {
		id = result.Rule.ID
	}
	of := r.component(result.Rule.ToolComponent)
	for _, index := range []*int{result.RuleIndex, result.Rule.Index} {
		if id == "" && index != nil && *index >= 0 && *index < len(of.byIndex) {
			id = of.byIndex[*index]
		}
	}
	rule, known := of.rules[id]
	if !known { // a result may name a part of a rule's id
		if i := strings.LastIndexByte(id, '/'); i > 0 {
			rule, known = of.rules[id[:i]]
		}
	}
	f := findings.Finding{Class: r.classOf(id, rule), ID: id, Title: rule.ShortDescription.Text, Reason: result.Message.Text, References: some(rule.HelpURI)}
	if f.Title == "" {
		f.Title = rule.Name
	}
	if quotesSecrets().MatchString(strings.Join(append([]string{id, rule.Name, f.Title, f.Reason}, rule.Properties.Tags...), " ")) {
		f.Reason = ""
	}
	if f.Severity, f.Rating = result.severity(rule); !known && result.Level == "" {
		f.Severity, f.Rating = findings.Unrated, "" // its rule would say, which stands elsewhere
	}
	f.Status, f.Word, f.Statement = result.status()
	if len(result.Locations) > 0 {
		l := result.Locations[0]
		f.Subject = l.PhysicalLocation.ArtifactLocation.URI
		if n := l.PhysicalLocation.Region.StartLine; n > 0 {
			f.Location = fmt.Sprintf("line %d", n)
		}
		if len(l.LogicalLocations) > 0 {
			f.Location = strings.TrimSpace(f.Location + " " + l.LogicalLocations[0].FullyQualifiedName)
		}
	}
	return f
}

// quotesSecrets are rules of which the message may hold what was found: hard-coded credentials.
var quotesSecrets = engine.Late(`(?i)\bcwe-?0*(?:798|259|321)\b|hard-?_?coded|(?:generic|exposed|leaked|detected)[-_ ](?:secret|credential|password|token|api)`)

func (r *sarifRun) classOf(id string, rule sarifRule) findings.Class {
	for _, tag := range rule.Properties.Tags {
		switch strings.ToLower(tag) {
		case "vulnerability":
			return findings.Vulnerabilities
		case "secret":
			return findings.Secrets
		case "misconfiguration":
			return findings.Configuration
		case "license":
			return findings.Components // of what is there, and nothing of how safe it is
		}
	}
	if strings.HasPrefix(id, "CKV_SECRET_") {
		return findings.Secrets
	}
	if vulnerabilityID().MatchString(id) {
		return findings.Vulnerabilities
	}
	return r.class
}

func (result sarifResult) severity(rule sarifRule) (findings.Severity, string) {
	if score := rule.Properties.Severity; score != "" {
		if n, err := json.Number(score).Float64(); err == nil {
			return scored(n), score
		}
	}
	level := result.Level
	if level == "" {
		level = rule.DefaultConfiguration.Level
	}
	if level == "" {
		level = "warning" // the format's own default
	}
	return map[string]findings.Severity{"error": findings.High, "warning": findings.Medium, "note": findings.Low, "none": findings.Negligible}[level], level
}

func (result sarifResult) status() (findings.Status, string, *findings.Statement) {
	for _, s := range result.Suppressions {
		if s.Status == "" || s.Status == "accepted" {
			return findings.Suppressed, "suppressed " + s.Kind, &findings.Statement{State: s.Status, Why: s.Justification, Source: "a suppression, " + s.Kind}
		}
	}
	if result.BaselineState == "absent" {
		return findings.Skipped, "absent since the baseline", nil // it tells what was, and not what was looked at
	}
	kind := result.Kind
	if kind == "" {
		kind = "fail"
	}
	return map[string]findings.Status{
		"fail": findings.Failed, "pass": findings.Passed, "review": findings.Manual, "open": findings.Manual,
		"notApplicable": findings.Skipped, "informational": findings.Skipped,
	}[kind], kind, nil
}
