package imports

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"tickmark/engine/findings"
)

func fitsOCSF(h head) bool {
	first := item(h.first)
	return has(at(first, "metadata"), "product") && (has(first, "finding_info") || has(first, "finding")) && (has(first, "status_code") || has(first, "class_uid"))
}

type ocsfFinding struct {
	Metadata struct {
		EventCode string `json:"event_code"`
		Product   struct {
			Name    string `json:"name"`
			Version string `json:"version"`
			Feature struct {
				UID string `json:"uid"`
			} `json:"feature"`
		} `json:"product"`
	} `json:"metadata"`
	Severity     string          `json:"severity"`
	Status       string          `json:"status"`
	StatusCode   string          `json:"status_code"`
	StatusDetail string          `json:"status_detail"`
	Comment      string          `json:"comment"`
	Time         json.RawMessage `json:"time"`
	TimeDT       string          `json:"time_dt"`
	EventTime    string          `json:"event_time"` // in its place, of older ones
	Info         struct {
		Title       string   `json:"title"`
		UID         string   `json:"uid"`
		CreatedTime string   `json:"created_time_dt"`
		Types       []string `json:"types"`
	} `json:"finding_info"`
	Older struct {
		Title string `json:"title"`
		UID   string `json:"uid"`
	} `json:"finding"`
	Resources []struct {
		UID       string `json:"uid"`
		Name      string `json:"name"`
		Namespace string `json:"namespace"`
		Region    string `json:"region"`
		Partition string `json:"cloud_partition"`
		Type      string `json:"type"`
	} `json:"resources"`
	Compliance struct {
		Status  string `json:"status"`
		Control string `json:"control"`
	} `json:"compliance"`
	Cloud struct {
		Provider string `json:"provider"`
		Account  struct {
			UID  string `json:"uid"`
			Name string `json:"name"`
		} `json:"account"`
	} `json:"cloud"`
	Unmapped struct {
		Compliance map[string][]string `json:"compliance"`
	} `json:"unmapped"`
}

// readOCSF reads findings in the Open Cybersecurity Schema Framework, as Prowler writes
// them: a list, or one a line.
func readOCSF(in *intake) error {
	first := item(in.head.first)
	in.report.Tool.Name = textAt(first, "metadata", "product", "name")
	in.report.Tool.Version = textAt(first, "metadata", "product", "version")
	if version := textAt(first, "metadata", "version"); !strings.HasPrefix(version, "1.") {
		in.written("OCSF", version, "1")
	}
	in.speaks(findings.Configuration)
	accounts := newGathered("account")
	err := in.walkItems(func(raw []byte) {
		var o ocsfFinding
		if !in.decode(raw, &o) {
			return
		}
		accounts.add(strings.TrimSpace(o.Cloud.Provider+" "+o.Cloud.Account.UID), o.about(), o.made())
		in.finding(o.finding())
	})
	accounts.artifact(in)
	return err
}

func (o ocsfFinding) finding() findings.Finding {
	f := findings.Finding{
		Class: findings.Configuration, ID: o.Metadata.EventCode, Title: o.Info.Title, Word: strings.Join(slices.Compact(some(o.StatusCode, o.Compliance.Status, o.Status)), " "),
		Severity: findings.Rate(o.Severity), Rating: o.Severity, Reason: o.StatusDetail,
	}
	if f.Title == "" {
		f.Title = o.Older.Title
	}
	f.ID = cmp.Or(f.ID, o.Metadata.Product.Feature.UID, o.Compliance.Control, f.Title)
	if len(o.Resources) > 0 {
		r := o.Resources[0]
		f.Subject, f.Location = r.UID, r.Region
		if f.Subject == "" {
			f.Subject = strings.Trim(r.Namespace+"/"+r.Name, "/")
		}
	}
	f.Status = o.result()
	if strings.EqualFold(o.Status, "Suppressed") || strings.EqualFold(o.StatusCode, "MUTED") {
		f.Status, f.Statement = findings.Suppressed, &findings.Statement{Why: o.Comment, Source: "the mute list"} // the detail is of what was found
	}
	for _, standard := range slices.Sorted(maps.Keys(o.Unmapped.Compliance)) {
		f.Compliance = append(f.Compliance, findings.Compliance{Standard: standard, IDs: o.Unmapped.Compliance[standard]})
	}
	return f
}

// ocsfResults are the words for what came of a check, of the classes of findings: a code
// of the tool's, the status of compliance, and what the first version of the schema says.
var ocsfResults = map[string]findings.Status{
	"PASS": findings.Passed, "FAIL": findings.Failed, "MANUAL": findings.Manual, "WARNING": findings.Manual, "ERROR": findings.Errored,
	"SUCCESS": findings.Passed, "FAILURE": findings.Failed,
}

// result is what came of the check. Where two words for it differ nobody can tell.
func (o ocsfFinding) result() findings.Status {
	said := findings.Unclear
	for i, word := range []string{o.StatusCode, o.Compliance.Status, o.Status} {
		status, known := ocsfResults[strings.ToUpper(word)]
		switch {
		case !known && i == 0 && word != "":
			return findings.Unclear
		case known && said != findings.Unclear && status != said:
			return findings.Unclear
		case known:
			said = status
		}
	}
	return said
}

// made is when the finding was made.
func (o ocsfFinding) made() time.Time {
	for _, text := range []string{o.TimeDT, o.EventTime, o.Info.CreatedTime, strings.Trim(string(o.Time), `"`)} {
		if t := when(text); !t.IsZero() {
			return t
		}
	}
	return epoch(json.Number(o.Time))
}

// epoch reads seconds or milliseconds since 1970.
func epoch(n json.Number) time.Time {
	v, err := n.Int64()
	switch {
	case err != nil:
		return time.Time{}
	case v > 100_000_000_000:
		return plausible(time.UnixMilli(v))
	}
	return plausible(time.Unix(v, 0))
}

// about is the account as a target of a collection, where it is one beyond doubt.
func (o ocsfFinding) about() string {
	account := o.Cloud.Account.UID
	if o.Cloud.Provider != "aws" || !isAccount(account) || len(o.Resources) == 0 {
		return ""
	}
	r := o.Resources[0]
	if r.Partition == "" {
		r.Partition = partition(r.UID)
	}
	if r.Partition == "" {
		return ""
	}
	return "aws:" + r.Partition + ":" + account
}
