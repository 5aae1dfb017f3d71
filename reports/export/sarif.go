package export

import (
	"cmp"
	"fmt"
	"io"
	"iter"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"tickmark/engine"
	"tickmark/questionnaires"
	"tickmark/reports"
)

const sarifSchema = "https://json.schemastore.org/sarif-2.1.0.json"

// Scan is what checks said of targets, to be written as SARIF: for code scanning and
// for other tools. It holds no values of fields.
type Scan struct {
	Tool     engine.Tool
	Checks   []engine.Check    // whose words become the rules
	Findings iter.Seq[Finding] // more than once, and the same each time
	Gaps     []engine.Gap      // what could not be seen
	Note     string            // about the whole, e.g. that it is a draft
}

// Finding is the result of one check over one target.
type Finding struct {
	questionnaires.Informed
	Target  engine.Target
	Origins map[engine.Ref][]string // of subjects, without UID
	Title   string                  // of the check, where its words are not known
	Label   string                  // of the item of evidence; "" outside a vault
	// Accepted says of a detail why its failure is accepted; "" where it is not.
	Accepted func(engine.Detail) string
}

type (
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name    string      `json:"name"`
		Version string      `json:"version,omitempty"`
		Rules   []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID         string         `json:"id"`
		Short      sarifMessage   `json:"shortDescription"`
		Full       *sarifMessage  `json:"fullDescription,omitempty"`
		Help       *sarifMessage  `json:"help,omitempty"`
		Properties map[string]any `json:"properties,omitempty"`
	}
	sarifMessage struct {
		Text string `json:"text"`
	}
	sarifNotification struct {
		Level     string          `json:"level"`
		Message   sarifMessage    `json:"message"`
		Locations []sarifLocation `json:"locations,omitempty"`
	}
	sarifResult struct {
		Rule         string             `json:"ruleId"`
		Index        int                `json:"ruleIndex"`
		Kind         string             `json:"kind"`
		Level        string             `json:"level"`
		Message      sarifMessage       `json:"message"`
		Locations    []sarifLocation    `json:"locations,omitempty"`
		Fingerprints map[string]string  `json:"partialFingerprints"`
		Suppressions []sarifSuppression `json:"suppressions,omitempty"`
		Properties   map[string]any     `json:"properties,omitempty"`
	}
	sarifLocation struct {
		Physical *sarifPhysical `json:"physicalLocation,omitempty"`
		Logical  []sarifLogical `json:"logicalLocations,omitempty"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   *sarifRegion  `json:"region,omitempty"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		Line int `json:"startLine"`
	}
	sarifLogical struct {
		Name string `json:"name,omitempty"`
		Full string `json:"fullyQualifiedName"`
		Kind string `json:"kind"`
	}
	sarifSuppression struct {
		Kind          string `json:"kind"`
		Status        string `json:"status"`
		Justification string `json:"justification"`
	}
)

// WriteSARIF writes the scan as SARIF 2.1.0: what failed as failures, what could not
// be told as open results, and what could not be seen as notifications. What passed is
// left out.
func (s Scan) WriteSARIF(w io.Writer) error {
	rules, index := s.rules()
	j := newJSONWriter(w)
	run := func() {
		j.field("tool", sarifTool{sarifDriver{Name: cmp.Or(line(s.Tool.Name), "tickmark"), Version: line(s.Tool.Version), Rules: rules}})
		j.name("invocations")
		j.enclose("[", "]", func() {
			j.next()
			j.object(func() {
				j.field("executionSuccessful", true)
				listedIfAny(j, "toolExecutionNotifications", each(s.Gaps, notification))
			})
		})
		listed(j, "results", func(yield func(sarifResult) bool) {
			for f := range s.Findings {
				for _, result := range f.results(index[f.Result.Check]) {
					if !yield(result) {
						return
					}
				}
			}
		})
		if s.Note != "" {
			j.field("properties", map[string]any{"note": line(s.Note)})
		}
	}
	j.object(func() {
		j.field("$schema", sarifSchema)
		j.field("version", "2.1.0")
		j.name("runs")
		j.enclose("[", "]", func() {
			j.next()
			j.object(run)
		})
	})
	if err := j.close(); err != nil {
		return fmt.Errorf("write SARIF: %w", err)
	}
	return nil
}

// line is a text on one line, and text one on as many as it has: neither acts.
func line(text string) string { return reports.Line(text) }

// rules are the checks that were evaluated, by id, and where each stands.
func (s Scan) rules() ([]sarifRule, map[string]int) {
	known := map[string]engine.Check{}
	for _, c := range s.Checks {
		known[c.ID] = c
	}
	tags, titles := map[string][]string{}, map[string]string{}
	for f := range s.Findings {
		id := f.Result.Check
		for _, l := range f.Links {
			tags[id] = append(tags[id], requirementTag(l.Procedure.Requirement))
		}
		titles[id] = cmp.Or(known[id].Words.Title, f.Title, id)
	}
	rules, index := []sarifRule{}, map[string]int{}
	for _, id := range sortedKeys(titles) {
		words := known[id].Words
		rule := sarifRule{ID: id, Short: message(titles[id])}
		if words.Rationale != "" {
			rule.Full = new(message(words.Rationale))
		}
		if help := strings.TrimSpace(words.Remediation + "\n\n" + words.How); help != "" {
			rule.Help = new(message(help))
		}
		rule.Properties = map[string]any{"tags": append([]string{"security"}, slices.Compact(slices.Sorted(slices.Values(tags[id])))...)}
		index[id] = len(rules)
		rules = append(rules, rule)
	}
	return rules, index
}

// requirementTag names a requirement in words of other tools.
func requirementTag(id questionnaires.RequirementID) string {
	if id.Own() {
		return id.String()
	}
	return "pci-dss-v4.0.1/" + id.String()
}

func (f Finding) results(rule int) []sarifResult {
	var all []sarifResult
	add := func(d engine.Detail) {
		r := sarifResult{Rule: f.Result.Check, Index: rule, Kind: "fail", Level: "error", Message: message(d.Sentence)}
		if d.Verdict == engine.Unknown {
			r.Kind, r.Level = "open", "none"
		}
		if r.Message.Text == "" {
			r.Message.Text = cmp.Or(line(f.Title), f.Result.Check)
		}
		r.Locations = f.locations(d)
		r.Fingerprints = map[string]string{"tickmark/v1": f.fingerprint(d)}
		r.Properties = f.properties(d)
		if f.Accepted != nil && d.Verdict == engine.Fail {
			if why := f.Accepted(d); why != "" {
				r.Suppressions = []sarifSuppression{{"external", "accepted", line(why)}}
			}
		}
		all = append(all, r)
	}
	for _, d := range f.Result.Details {
		if d.Verdict == engine.Fail || d.Verdict == engine.Unknown {
			add(d)
		}
	}
	if v := f.Result.Verdict; len(all) == 0 && (v == engine.Unknown || v == engine.Fail) {
		sentence := "It could not be told: something that the check needs could not be seen."
		if v == engine.Fail {
			sentence = "It failed; what failed is not kept any more."
		}
		add(engine.Detail{Verdict: v, Sentence: sentence})
	}
	return all
}

func (f Finding) properties(d engine.Detail) map[string]any {
	properties := map[string]any{"target": line(f.Target.ID)}
	for name, text := range map[string]string{"field": d.Field, "container": d.Container, "evidence": f.Label} {
		if text != "" {
			properties[name] = line(text)
		}
	}
	return properties
}

// fingerprint is the same from scan to scan while it is the same thing.
func (f Finding) fingerprint(d engine.Detail) string {
	key := f.Result.Key(d)
	return engine.Sum([]byte(strings.Join([]string{key.Target, key.Check, key.Subject.String(), key.Place}, "\x00"))).String()
}

// locations are the object in its target, and where in files it stands.
func (f Finding) locations(d engine.Detail) []sarifLocation {
	if d.Subject == (engine.Ref{}) {
		return nil
	}
	logical := []sarifLogical{{Name: line(d.Subject.Name), Full: line(cmp.Or(f.Target.ID, f.Result.Target) + "/" + d.Subject.WithoutUID().String()), Kind: "resource"}}
	var all []sarifLocation
	const most = 10
	for _, origin := range f.Origins[d.Subject.WithoutUID()] {
		if place := physical(origin); place != nil && len(all) < most {
			all = append(all, sarifLocation{Physical: place, Logical: logical})
		}
	}
	if len(all) == 0 {
		return []sarifLocation{{Logical: logical}}
	}
	return all
}

// inFile is how a collector says in which file something stands: the line, the item
// of a list, or both.
var inFile = engine.Late(`^(.+?)(?::([0-9]{1,9}))?( item [0-9]+)?$`)

// physical is a place in a file; nil where it is none.
func physical(origin string) *sarifPhysical {
	m := inFile().FindStringSubmatch(origin)
	if m == nil || m[2] == "" && m[3] == "" {
		return nil
	}
	number, _ := strconv.Atoi(m[2]) // 0 where there is none
	return placeIn(m[1], number)
}

func placeIn(path string, number int) *sarifPhysical {
	uri := url.URL{Path: path}
	if strings.HasPrefix(path, "/") {
		uri.Scheme = "file"
	}
	place := &sarifPhysical{Artifact: sarifArtifact{uri.String()}}
	if number > 0 {
		place.Region = &sarifRegion{number}
	}
	return place
}

func notification(g engine.Gap) sarifNotification {
	what := g.Kind.String()
	if g.Kind.IsZero() {
		what = "something"
	}
	for _, part := range []string{g.Namespace, g.Name} {
		if part != "" {
			what += " " + part
		}
	}
	n := sarifNotification{Level: "warning", Message: message(fmt.Sprintf("%s could not be seen in %s: %s %s", what, g.Source, g.Reason, g.Cause))}
	if g.Line > 0 {
		n.Locations = []sarifLocation{{Physical: placeIn(g.Source, g.Line)}}
	}
	return n
}

// placeholder is what a viewer would fill in, and embedded what it would show as a
// link.
var (
	placeholder = engine.Late(`\{[0-9]+\}`)
	embedded    = engine.Late(`\]\(`)
)

// message is a text in which nothing is a placeholder or a link.
func message(text string) sarifMessage {
	text = strings.TrimSpace(reports.Clean(text))
	text = placeholder().ReplaceAllString(text, "{$0}")
	if embedded().MatchString(text) {
		text = strings.NewReplacer(`\`, `\\`, "[", `\[`, "]", `\]`).Replace(text)
	}
	return sarifMessage{text}
}

// scan is what the evidence of the record says, without what newer results replaced.
func (r record) scan(o Options) Scan {
	s := Scan{Tool: engine.Tool{Name: "tickmark"}, Checks: o.Checks, Note: r.standing()}
	s.Findings = func(yield func(Finding) bool) {
		for _, item := range r.Items {
			if item.Result != nil && !item.Replaced && !yield(r.findingOf(item, o.Origins)) {
				return
			}
		}
	}
	for _, t := range r.Targets {
		s.Gaps = append(s.Gaps, t.Gaps...)
		if s.Tool.Version == "" {
			s.Tool = t.Seen.Tool
		}
	}
	return s
}

// findingOf is an item's result, with what is accepted of it.
func (r record) findingOf(item reports.Item, origins reports.Origins) Finding {
	result := r.resultOf(item)
	return Finding{
		Informed: questionnaires.Informed{Result: result, Links: r.links(result)}, Target: engine.Target{ID: item.Result.Target, Name: item.Result.Name},
		Origins: origins[item.Result.Snapshot], Title: item.Title, Label: item.Label(),
		Accepted: func(d engine.Detail) string {
			a, accepted := questionnaires.AcceptedUntil(result.Key(d), r.Risks.Acceptances, r.Date)
			if !accepted {
				return ""
			}
			return fmt.Sprintf("Accepted until %s: %s", a.Until, a.Reason)
		},
	}
}

// resultOf is an item's result with what the dossier holds of it.
func (r record) resultOf(item reports.Item) engine.Result {
	return engine.Result{
		Check: item.Result.Check, Version: item.Result.Version, Target: item.Result.Target, Verdict: item.Result.Verdict, Details: item.Details,
		Custom: item.Result.Custom,
	}
}

func (r record) links(result engine.Result) []questionnaires.Link {
	var links []questionnaires.Link
	for _, informed := range r.Assessment.Standard().Inform([]engine.Result{result}) {
		links = append(links, informed.Links...)
	}
	return links
}
