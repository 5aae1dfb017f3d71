package imports

import (
	"cmp"
	"strings"

	"tickmark/engine"
	"tickmark/engine/findings"
)

func fitsASFF(h head) bool {
	if has(h.first, "ClusterName") {
		return false
	}
	first := firstASFF(h)
	return first == nil && isList(h.first, "Findings") || has(first, "SchemaVersion", "ProductArn", "AwsAccountId")
}

// firstASFF is the first finding, nil where there is none.
func firstASFF(h head) any {
	if isList(h.first, "Findings") {
		list, _ := at(h.first, "Findings").([]any)
		return item(list)
	}
	return item(h.first)
}

type asffFinding struct {
	ID           string `json:"Id"`
	ProductArn   string
	GeneratorID  string `json:"GeneratorId"`
	AwsAccountID string `json:"AwsAccountId"`
	Types        []string
	UpdatedAt    string
	LastObserved string `json:"LastObservedAt"`
	Title        string
	SourceURL    string `json:"SourceUrl"`
	RecordState  string
	Severity     struct{ Label string }
	Workflow     struct{ Status string }
	Resources    []struct {
		ID     string `json:"Id"`
		Region string
	}
	asffMore
}

type asffMore struct {
	ProductName   string
	ProductFields struct{ ProviderName, ProviderVersion string }
	Note          struct {
		Text, UpdatedBy, UpdatedAt string
	}
	Compliance *struct {
		Status              string
		SecurityControlID   string `json:"SecurityControlId"`
		RelatedRequirements []string
		AssociatedStandards []struct {
			StandardsID string `json:"StandardsId"`
		}
		StatusReasons []struct{ Description string }
	}
	Vulnerabilities []struct {
		ID                 string `json:"Id"`
		VulnerablePackages []struct{ Name, Version, FixedInVersion string }
	}
}

// readASFF reads the AWS Security Finding Format: what `aws securityhub get-findings`
// prints, a list, or one a line.
func readASFF(in *intake) error {
	accounts := newGathered("account")
	take := func(raw []byte) {
		var a asffFinding
		if !in.decode(raw, &a) {
			return
		}
		about := ""
		if p := partition(a.ProductArn); p != "" && isAccount(a.AwsAccountID) {
			about = "aws:" + p + ":" + a.AwsAccountID
		}
		made := when(a.LastObserved)
		if updated := when(a.UpdatedAt); updated.After(made) {
			made = updated
		}
		accounts.add(strings.TrimSpace("aws "+a.AwsAccountID), about, made)
		in.asff(a)
	}
	if first := firstASFF(in.head); first != nil {
		in.written("the finding format", textAt(first, "SchemaVersion"), "2018-10-08")
	}
	var err error
	if isList(in.head.first, "Findings") {
		var next string
		err = in.walkAll(fields(map[string]*spot{"Findings": each(taken(take)), "NextToken": in.into(&next)}))
		if next != "" {
			in.gap(0, engine.Unexplained, "it names a next page, which is not in it: not all findings are")
		}
	} else {
		err = in.walkItems(take)
	}
	accounts.artifact(in)
	return err
}

// asff takes one finding: one for each package of a vulnerability that it names.
func (in *intake) asff(a asffFinding) {
	f := findings.Finding{
		Class: a.class(), ID: a.GeneratorID, Title: a.Title, Severity: findings.Rate(a.Severity.Label), Rating: a.Severity.Label,
		References: some(a.SourceURL), Word: strings.TrimSpace(a.RecordState + " " + a.Workflow.Status),
	}
	f.Seen.By = strings.TrimSpace(cmp.Or(a.ProductName, a.ProductFields.ProviderName) + " " + a.ProductFields.ProviderVersion)
	if f.Seen.By == in.report.Tool.Name {
		f.Seen.By = ""
	}
	if len(a.Resources) > 0 {
		f.Subject, f.Location = a.Resources[0].ID, a.Resources[0].Region
	}
	f.Status = findings.Failed
	if c := a.Compliance; c != nil {
		if c.SecurityControlID != "" {
			f.ID = c.SecurityControlID
		}
		f.Word = strings.TrimSpace(c.Status + " " + f.Word)
		f.Status = map[string]findings.Status{
			"": findings.Failed, "PASSED": findings.Passed, "FAILED": findings.Failed, "WARNING": findings.Manual, "NOT_AVAILABLE": findings.Errored,
		}[c.Status]
		f.Compliance = asffCompliance(c.RelatedRequirements)
		for _, s := range c.AssociatedStandards {
			f.Compliance = append(f.Compliance, findings.Compliance{Standard: s.StandardsID})
		}
		for _, r := range c.StatusReasons {
			f.Reason = strings.TrimSpace(f.Reason + " " + r.Description)
		}
	}
	switch {
	case a.RecordState == "ARCHIVED":
		f.Status = findings.Skipped
	case f.Status != findings.Passed && (a.Workflow.Status == "SUPPRESSED" || a.Workflow.Status == "RESOLVED"):
		f.Status = findings.Suppressed
		f.Statement = &findings.Statement{State: a.Workflow.Status, Why: a.Note.Text, Author: a.Note.UpdatedBy, Date: when(a.Note.UpdatedAt), Source: "the workflow of Security Hub"}
	}
	if f.Class != findings.Vulnerabilities || len(a.Vulnerabilities) == 0 {
		in.finding(f)
		return
	}
	for _, v := range a.Vulnerabilities {
		f.ID = v.ID
		if len(v.VulnerablePackages) == 0 {
			in.finding(f)
		}
		for _, p := range v.VulnerablePackages {
			f.Package = findings.Package{Name: p.Name, Installed: p.Version, Fixed: p.FixedInVersion}
			in.finding(f)
		}
	}
}

func (a asffFinding) class() findings.Class {
	if a.Compliance != nil && a.Compliance.Status != "" {
		return findings.Configuration
	}
	if len(a.Vulnerabilities) > 0 {
		return findings.Vulnerabilities
	}
	for _, t := range a.Types {
		switch {
		case strings.Contains(t, "Vulnerabilities"):
			return findings.Vulnerabilities
		case strings.HasPrefix(t, "TTPs"), strings.HasPrefix(t, "Effects"), strings.HasPrefix(t, "Unusual Behaviors"):
			return findings.Events
		}
	}
	return findings.Configuration
}

// asffCompliance takes requirements such as "PCI DSS v3.2.1/2.1" apart, and keeps what
// the standard is called as it is.
func asffCompliance(requirements []string) []findings.Compliance {
	var all []findings.Compliance
	for _, r := range requirements {
		standard, id := r, ""
		if i := strings.LastIndexByte(r, '/'); i >= 0 {
			standard, id = r[:i], r[i+1:]
		}
		if n := len(all); n > 0 && all[n-1].Standard == standard {
			all[n-1].IDs = append(all[n-1].IDs, some(id)...)
			continue
		}
		all = append(all, findings.Compliance{Standard: standard, IDs: some(id)})
	}
	return all
}
