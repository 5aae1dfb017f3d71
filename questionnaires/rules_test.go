package questionnaires

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// tree is a payload as anybody reads it who knows nothing of our types.
type tree = map[string]any

// checker holds an assessment against the rules of the forms once more: it reads the
// payloads as JSON and shares no code with Problems.
type checker struct {
	t       *testing.T
	h       *History
	form    Questionnaire
	rows    []Requirement
	given   map[string][]tree // answers that no other follows, by id
	reviews map[string][]tree // risk analyses that stand, by requirement
	day     string
	shown   func(RequirementID) Revision
	broken  []string
}

func check(t *testing.T, a *Assessment) []string {
	t.Helper()
	c := &checker{t: t, h: a.history, form: a.Questionnaire, rows: a.Requirements(), day: a.Time.UTC().Format("2006-01-02"), shown: a.Current}
	c.given = c.last(AnswerGiven, a.Details.ID, "requirement")
	c.reviews = map[string][]tree{}
	for _, revisions := range c.last(RiskAnalysisSet, "", "id") {
		for _, r := range revisions {
			r["several"] = len(revisions) > 1
			named := text(r, "requirement")
			c.reviews[named] = append(c.reviews[named], r)
		}
	}
	for _, r := range c.rows {
		c.row(r)
	}
	c.scoping(a.Details.ID)
	return c.broken
}

// last are the payloads of an action that no later one of the same key follows.
func (c *checker) last(action Action, of ID, key string) map[string][]tree {
	all := map[string][]Entry{}
	payload := func(e Entry) tree {
		body, err := c.h.payloads(e)
		require.NoError(c.t, err)
		var p tree
		require.NoError(c.t, json.Unmarshal(body, &p))
		p["verified"] = c.h.Verify(e.ID) == nil
		return p
	}
	for _, e := range c.h.entries {
		if e.Action == action && e.Assessment == of && (action == AnswerGiven || c.h.Verify(e.ID) == nil) {
			k := text(payload(e), key)
			all[k] = append(all[k], e)
		}
	}
	standing := map[string][]tree{}
	for k, entries := range all {
		for _, e := range entries {
			if !slices.ContainsFunc(entries, func(later Entry) bool { return c.h.IsAncestor(e.ID, later.ID) }) {
				standing[k] = append(standing[k], payload(e))
			}
		}
	}
	return standing
}

func text(p tree, path ...string) string {
	for _, step := range path[:len(path)-1] {
		p, _ = p[step].(tree)
	}
	s, _ := p[path[len(path)-1]].(string)
	return strings.TrimSpace(s)
}

func list(p tree, key string) []any {
	l, _ := p[key].([]any)
	return l
}

func (c *checker) says(r Requirement, rule string, args ...any) {
	c.broken = append(c.broken, r.ID.String()+": "+fmt.Sprintf(rule, args...))
}

// above is the nearest answer that is not-applicable with all below, from an id up.
func (c *checker) above(id string) (tree, bool) {
	for {
		for _, p := range c.given[id] {
			if p["subtree"] == true && text(p, "response") == "not-applicable" {
				return p, true
			}
		}
		cut := strings.LastIndex(id, ".")
		if cut < 0 {
			return nil, false
		}
		id = id[:cut]
	}
}

func (c *checker) row(r Requirement) {
	id := r.ID.String()
	answers := c.given[id]
	if len(answers) > 1 {
		c.says(r, "one response per item, and several stand")
		return
	}
	var p tree
	if len(answers) == 1 {
		p = answers[0]
	}
	response := text(p, "response")
	if c.form.PerProcedure {
		response = c.rolled(r, p)
	}
	excluding, excluded := c.above(id)
	switch {
	case response != "" && response != "unanswered":
		excluding, _ = c.above(r.ID.Parent().String())
	case !excluded:
		c.says(r, "no blanks")
		return
	case c.form.PerProcedure:
		c.says(r, "an inherited not-applicable needs its own testing")
		return
	default:
		p, response = tree{"narrative": text(excluding, "narrative"), "evidence": excluding["evidence"], "results": "inherited"}, "not-applicable"
		p["verified"] = excluding["verified"]
		if len(c.given[text(excluding, "requirement")]) > 1 {
			c.says(r, "several answers stand for all below")
		}
	}
	if p["verified"] != true {
		c.says(r, "answered by nobody who is enrolled")
	}
	if !c.form.Allows(parsed(response)) {
		c.says(r, "%s is not offered", response)
	}
	c.response(r, p, response, excluding)
	c.evidence(r, p)
	c.sheet(r, p, response)
	c.approach(r, p, response)
	if c.form.DescribesResults && text(p, "results") == "" {
		c.says(r, "no description of results")
	}
	if shown := c.shown(r.ID).Response.String(); shown != response {
		c.says(r, "shown as %s, and it is %s", shown, response)
	}
}

func parsed(response string) Response {
	r, err := ParseResponse(response)
	if err != nil {
		return Unanswered
	}
	return r
}

// rolled is the roll-up of answers.md, section 2.
func (c *checker) rolled(r Requirement, p tree) string {
	findings := map[string]int{}
	single := max(r.ProcedureSize, 1) == 1
	found := list(p, "procedures")
	letters := map[string]bool{}
	for _, f := range found {
		procedure, _ := f.(tree)
		finding := text(procedure, "finding")
		findings[finding]++
		letters[text(procedure, "letter")] = true
		if text(procedure, "reporting") == "" && finding != "unanswered" {
			c.says(r, "a procedure without its reporting answer")
		}
		if finding == "in-place" && len(list(procedure, "references")) == 0 {
			c.says(r, "a procedure in place without evidence")
		}
	}
	response := text(p, "response")
	switch {
	case single && len(found) == 0 && p["subtree"] == true:
		return "unanswered"
	case single && len(found) == 0 && response != "in-place":
		return response
	case single && len(found) == 0:
	case len(letters) < max(r.ProcedureSize, 1), findings["unanswered"] > 0, findings["in-place-with-ccw"] > 0:
		return "unanswered"
	case findings["not-in-place"] > 0:
		return "not-in-place"
	case findings["not-tested"] > 0:
		return "not-tested"
	case findings["in-place"] == 0:
		return "not-applicable"
	}
	if sheet, _ := p["worksheet"].(tree); len(sheet) > 0 || response == "in-place-with-ccw" {
		return "in-place-with-ccw"
	}
	return "in-place"
}

func (c *checker) response(r Requirement, p tree, response string, above tree) {
	reason := text(p, "narrative")
	switch response {
	case "in-place", "in-place-with-ccw":
		if reason == "" && !c.form.DescribesResults {
			c.says(r, "in place without how")
		}
		if len(list(p, "procedures")) == 0 && len(list(p, "evidence")) == 0 {
			c.says(r, "in place without evidence")
		}
		if r.SupersededBy != (RequirementID{}) && response == "in-place" {
			c.says(r, "superseded and in place")
		}
		if _, customized := p["customized"]; response == "in-place" && !customized && c.fails(r) {
			c.says(r, "in place although a check fails, accepted or not")
		}
		c.frequency(r, p)
	case "not-in-place":
		if reason == "" {
			c.says(r, "not in place without what is missing")
		}
		remedy, _ := p["remedy"].(tree)
		legal, _ := remedy["legal"].(bool)
		if legal && text(remedy, "law") == "" {
			c.says(r, "a legal restriction names no law")
		}
		if !legal && text(remedy, "target") == "" {
			c.says(r, "no target date")
		}
	case "not-applicable":
		own := c.form.PerProcedure && len(list(p, "procedures")) == 0
		if reason == "" && (own || text(above, "narrative") == "") {
			c.says(r, "not applicable without reason")
		}
	case "not-tested":
		if reason == "" || text(p, "untested") == "" {
			c.says(r, "not tested without what and why")
		}
	}
}

func (c *checker) fails(r Requirement) bool {
	for _, item := range Latest(c.h.evidence) {
		for _, l := range r.InformedBy {
			if item.Result != nil && item.Result.Check == l.Check && l.Class.Supports() && item.Result.Verdict.String() == "fail" {
				return true
			}
		}
	}
	return false
}

func (c *checker) frequency(r Requirement, p tree) {
	if r.Analysis == NoAnalysis || r.Analysis == AnalysisMay && p["riskBased"] != true {
		return
	}
	analyses := 0
	for _, a := range c.reviews[r.ID.String()] {
		if a["withdrawn"] == true {
			continue
		}
		analyses++
		if a["several"] == true {
			c.says(r, "several states of one risk analysis")
		}
		for _, part := range []string{"asset", "threat", "factors", "reason", "reviewed"} {
			if text(a, part) == "" {
				c.says(r, "risk analysis without %s", part)
			}
		}
		if text(a, "frequency", "unit") == "" {
			c.says(r, "risk analysis without frequency")
		}
		if reviewed := text(a, "reviewed"); reviewed > c.day || yearAfter(reviewed) < c.day {
			c.says(r, "risk analysis of %s is not yearly", reviewed)
		}
	}
	if analyses == 0 {
		c.says(r, "no targeted risk analysis")
	}
}

func yearAfter(day string) string {
	var y int
	var rest string
	if _, err := fmt.Sscanf(day, "%4d%s", &y, &rest); err != nil {
		return ""
	}
	return fmt.Sprintf("%04d%s", y+1, rest)
}

// evidence: every id that stands anywhere in an answer is there, and no newer than
// the report.
func (c *checker) evidence(r Requirement, p tree) {
	var walk func(any)
	cite := func(ids any) {
		all, _ := ids.([]any)
		for _, id := range all {
			at := slices.IndexFunc(c.h.evidence, func(item Evidence) bool { return string(item.ID) == id })
			if at < 0 {
				c.says(r, "evidence %v is not there", id)
			} else if c.h.evidence[at].Collected.UTC().Format("2006-01-02") > c.day {
				c.says(r, "evidence newer than the report")
			}
		}
	}
	walk = func(v any) {
		switch v := v.(type) {
		case tree:
			for k, inner := range v {
				if k == "evidence" || k == "references" || k == "reviewed" {
					cite(inner)
				}
				walk(inner)
			}
		case []any:
			for _, inner := range v {
				walk(inner)
			}
		}
	}
	walk(p)
}

func (c *checker) sheet(r Requirement, p tree, response string) {
	sheet, begun := p["worksheet"].(tree)
	if response == "in-place-with-ccw" && !begun {
		c.says(r, "no worksheet")
	}
	if begun && response != "in-place-with-ccw" && (!c.form.PerProcedure || response != "not-in-place") {
		c.says(r, "a worksheet beside %s", response)
	}
	for _, part := range []string{"constraints", "definition", "objective", "objectiveMet", "risk", "validation", "maintenance"} {
		if begun && text(sheet, part) == "" {
			c.says(r, "a worksheet without %s", part)
		}
	}
}

func (c *checker) approach(r Requirement, p tree, response string) {
	approach, is := p["customized"].(tree)
	if !is {
		return
	}
	sheet, compensated := p["worksheet"].(tree)
	x, y := text(approach, "aspect"), text(sheet, "aspect")
	switch {
	case !c.form.PerProcedure:
		c.says(r, "a self-assessment with the customized approach")
	case !r.Customized:
		c.says(r, "the customized approach is not allowed")
	case response != "in-place" && response != "in-place-with-ccw" && response != "not-in-place":
		c.says(r, "the customized approach beside %s", response)
	case (compensated || response == "in-place-with-ccw") && (x == "" || y == "" || strings.EqualFold(x, y)):
		c.says(r, "both methods for one aspect")
	}
	parts := func(what string, of tree, names ...string) {
		for _, name := range names {
			if text(of, name) == "" {
				c.says(r, "%s without %s", what, name)
			}
		}
	}
	parts("approach", approach, "description", "met", "assessors")
	analysis, _ := approach["analysis"].(tree)
	parts("analysis", analysis, "objective", "mischief", "changes", "prevention", "factors", "remains", "likelihood", "reasoning", "stored",
		"processed", "reduction", "approver", "approved", "reviewBy")
	if approved, by := text(analysis, "approved"), text(analysis, "reviewBy"); approved > c.day || by < c.day || by > yearAfter(approved) {
		c.says(r, "the analysis is not reviewed every year")
	}
	if len(list(approach, "controls")) == 0 || len(list(approach, "reviewed")) == 0 || approach["independent"] != true {
		c.says(r, "no matrix, not reviewed, or by who designed it")
	}
	for _, control := range list(approach, "controls") {
		row, _ := control.(tree)
		parts("control", row, "name", "what", "where", "when", "accountable", "operator", "meets", "tested", "risk", "maintained")
	}
	purposes := map[string]bool{}
	for _, test := range list(approach, "tests") {
		derived, _ := test.(tree)
		parts("test", derived, "procedure", "tested", "result")
		purposes[text(derived, "purpose")] = true
		if len(list(derived, "references")) == 0 {
			c.says(r, "a test without evidence")
		}
	}
	if !purposes["meets-objective"] || !purposes["stays-effective"] {
		c.says(r, "no test for each purpose")
	}
}
