package imports

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"tickmark/engine/findings"
)

func fitsKubeScore(h head) bool { return has(item(h.first), "object_name", "type_meta", "checks") }

// readKubeScore reads what `kube-score -o json` writes. It says neither when it ran nor
// in which version.
func readKubeScore(in *intake) error {
	in.speaks(findings.Configuration)
	return in.walkItems(func(raw []byte) {
		var o struct {
			ObjectName string `json:"object_name"`
			FileName   string `json:"file_name"`
			Checks     []struct {
				Check struct {
					ID   string `json:"id"`
					Name string `json:"name"`
				} `json:"check"`
				Grade    int  `json:"grade"`
				Skipped  bool `json:"skipped"`
				Comments []struct {
					Path    string `json:"path"`
					Summary string `json:"summary"`
				} `json:"comments"`
			} `json:"checks"`
		}
		if !in.decode(raw, &o) {
			return
		}
		subject := findings.Subject{Name: o.ObjectName, Class: findings.Configuration}
		for _, c := range o.Checks {
			f := findings.Finding{
				Class: findings.Configuration, ID: c.Check.ID, Title: c.Check.Name, Word: fmt.Sprintf("grade %d", c.Grade), Subject: o.ObjectName, Location: o.FileName,
			}
			switch {
			case c.Skipped:
				f.Status, f.Word = findings.Skipped, "skipped"
			case c.Grade >= 7: // almost all right, and all right
				f.Status = findings.Passed
			case c.Grade == 5:
				f.Status, f.Severity = findings.Failed, findings.Medium
			case c.Grade == 1:
				f.Status, f.Severity = findings.Failed, findings.Critical
			}
			for _, comment := range c.Comments {
				f.Reason = strings.TrimSpace(f.Reason + " " + strings.TrimSpace(comment.Path+" "+comment.Summary))
			}
			subject.Counts.Add(f)
			in.finding(f)
		}
		in.lookedAt(subject)
	})
}

func fitsKubeLinter(h head) bool {
	return has(h.first, "Checks", "Reports") && has(at(h.first, "Summary"), "ChecksStatus")
}

// readKubeLinter reads what `kube-linter lint --format json` writes: what it found, and
// not what it looked at, so that an empty list shows nothing.
func readKubeLinter(in *intake) error {
	in.report.Tool.Version = textAt(in.head.first, "Summary", "KubeLinterVersion")
	in.report.Ran = when(textAt(in.head.first, "Summary", "CheckEndTime"))
	in.says("checks " + textAt(in.head.first, "Summary", "ChecksStatus"))
	in.speaks(findings.Configuration)
	return in.walk(fields(map[string]*spot{"Reports": each(taken(func(raw []byte) {
		var r struct {
			Check      string
			Diagnostic struct{ Message string }
			Object     struct {
				Metadata  struct{ FilePath string }
				K8sObject struct {
					Namespace, Name  string
					GroupVersionKind struct{ Kind string }
				}
			}
		}
		if in.decode(raw, &r) {
			o := r.Object.K8sObject
			in.finding(findings.Finding{
				Class: findings.Configuration, ID: r.Check, Title: r.Check, Status: findings.Failed, Reason: r.Diagnostic.Message,
				Subject: strings.TrimSpace(o.GroupVersionKind.Kind + " " + strings.Trim(o.Namespace+"/"+o.Name, "/")), Location: r.Object.Metadata.FilePath,
			})
		}
	}))}))
}

func fitsPolaris(h head) bool { return has(h.first, "PolarisOutputVersion", "Results") }

type polarisResults map[string]struct {
	ID, Message, Severity, Category string
	Success                         bool
}

// readPolaris reads what `polaris audit --format json` writes.
func readPolaris(in *intake) error {
	h := in.head.first
	in.report.Ran = when(textAt(h, "AuditTime"))
	in.written("Polaris' output", textAt(h, "PolarisOutputVersion"), "1.0")
	in.report.Says = some(textAt(h, "PolarisOutputVersion"))
	kind := strings.ToLower(textAt(h, "SourceType"))
	in.report.Looked = findings.Artifact{Kind: kind, Name: namely(textAt(h, "SourceName"))}
	in.speaks(findings.Configuration)
	return in.walk(fields(map[string]*spot{"Results": each(taken(func(raw []byte) {
		var o struct {
			Name, Namespace, Kind string
			Results               polarisResults
			PodResult             *struct {
				Results          polarisResults
				ContainerResults []struct {
					Name    string
					Results polarisResults
				}
			}
		}
		if !in.decode(raw, &o) {
			return
		}
		subject := findings.Subject{Name: strings.TrimSpace(o.Kind + " " + strings.Trim(o.Namespace+"/"+o.Name, "/")), Class: findings.Configuration}
		take := func(results polarisResults, place string) {
			for _, id := range slices.Sorted(maps.Keys(results)) {
				r := results[id]
				f := findings.Finding{
					Class: findings.Configuration, ID: id, Title: id, Status: findings.Failed, Word: r.Severity, Severity: findings.Rate(r.Severity), Rating: r.Severity,
					Reason: r.Message, Subject: subject.Name, Location: place,
				}
				switch {
				case r.Severity == "ignore":
					f.Status = findings.Skipped
				case r.Success:
					f.Status = findings.Passed
				}
				subject.Counts.Add(f)
				in.finding(f)
			}
		}
		take(o.Results, "")
		if o.PodResult != nil {
			take(o.PodResult.Results, "pod")
			for _, c := range o.PodResult.ContainerResults {
				take(c.Results, "container "+c.Name)
			}
		}
		in.lookedAt(subject)
	}))}))
}
