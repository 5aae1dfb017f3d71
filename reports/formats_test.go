package reports_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"tickmark/engine"
	"tickmark/questionnaires"
	"tickmark/reports"
	"tickmark/reports/export"
)

// written is the assessment in a format.
func (e *engagement) written(f export.Format, kind reports.Kind, table string) []byte {
	e.t.Helper()
	d := e.dossier(kind)
	origins, err := d.Origins(e.t.Context(), e)
	require.NoError(e.t, err)
	document, err := reports.Compose(d)
	require.NoError(e.t, err)
	var b bytes.Buffer
	require.NoError(e.t, export.Write(&b, d, document, export.Options{Format: f, Table: table, Origins: origins}))
	assert.True(e.t, f.Begins(b.Bytes()[:min(b.Len(), export.Head)]), "%s is known by how it begins", f)
	return b.Bytes()
}

// schemaOf compiles a schema of another body.
func schemaOf(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	dir := os.Getenv("TICKMARK_CORPUS_SCHEMAS")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared", "corpora", "schemas")
	}
	path := filepath.Join(dir, name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the schemas are not here: %v (TICKMARK_CORPUS_SCHEMAS names their folder)", err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	schema, err := compiler.Compile(path)
	require.NoError(t, err)
	return schema
}

// engagements are an empty assessment, one with answers of every kind, and whole ones
// by oneself and by an assessor.
func engagements(t *testing.T) map[string]*engagement {
	return map[string]*engagement{"empty": newEngagement(t), "done": done(t), "self": wholeSelf(t), "assessed": wholeAssessed(t), "hostile": hostile(t)}
}

var hostileTexts = []string{
	"=HYPERLINK(\"http://evil.example\";\"click\")", "+1+1", "-2+3", "@SUM(A1)", "\t=1+1", "\r=1", "\n=1", "=cmd|' /C calc'!A0", "fine;=1+1", "fine\n-1", "'=1", "＝1+1",
	"<script>alert(1)</script> & [link](http://x) {0} {{1}}", "![i](http://x) <http://x> www.evil.example mara@evil.example", "# heading\n- item\n1. one\n```\ncode",
	"|a|b|", "\u202egnp.exe", "_x003D_1+1", "<![CDATA[x]]>", "\xff\xfe", "\x00", "{nb}", strings.Repeat("é=", 20000),
}

// taken is what a vault takes in of a text: it refuses control characters before.
func taken(text string) string {
	return strings.NewReplacer("\x00", "", "\xff\xfe", "bytes", "\r", "", "\t", "").Replace(text)
}

// hostile is an assessment whose texts try to be more than texts.
func hostile(t *testing.T) *engagement {
	e := done(t)
	for i, text := range hostileTexts {
		narrative := taken(text)
		title := []rune(strings.Join(strings.Fields(narrative), " "))
		e.attach(string(title[:min(60, len(title))])+fmt.Sprint(i), "a=b;.txt")
		e.answer(e.mara, questionnaires.Answer{Requirement: id("1.2.5"), Response: questionnaires.InPlace, Narrative: narrative, Evidence: []questionnaires.ID{e.evidence[len(e.evidence)-1].ID}})
	}
	return e
}

func TestSARIFAndOSCALAreValid(t *testing.T) {
	for f, name := range map[export.Format]string{export.SARIF: "sarif-schema-2.1.0.json", export.OSCAL: "oscal_assessment-results_schema.json"} {
		schema := schemaOf(t, name)
		for which, e := range engagements(t) {
			document, err := jsonschema.UnmarshalJSON(bytes.NewReader(e.written(f, reports.Fitting, "")))
			require.NoError(t, err)
			assert.NoError(t, schema.Validate(document), "%s of %s", f, which)
		}
		assert.Error(t, schema.Validate(map[string]any{"runs": "none"}), "the schema refuses something")
	}
}

func TestAFormatIsTheSameFromTheSameHistory(t *testing.T) {
	e := wholeAssessed(t)
	for _, f := range export.Formats()[1:] {
		for _, kind := range []reports.Kind{reports.Fitting, reports.Transfer} {
			once := e.written(f, kind, "")
			e.entries = slices.Clone(e.entries)
			rand.Shuffle(len(e.entries), func(i, j int) { e.entries[i], e.entries[j] = e.entries[j], e.entries[i] })
			assert.True(t, bytes.Equal(once, e.written(f, kind, "")), "%s", f)
		}
	}
}

// pick reads what stands at a path of a JSON document.
func pick(t *testing.T, of any, path ...any) any {
	t.Helper()
	for _, step := range path {
		switch step := step.(type) {
		case string:
			object, is := of.(map[string]any)
			require.True(t, is, "%v", path)
			of = object[step]
		case int:
			list, is := of.([]any)
			require.True(t, is && step < len(list), "%v", path)
			of = list[step]
		}
	}
	return of
}

func decoded(t *testing.T, text []byte) any {
	t.Helper()
	var document any
	require.NoError(t, json.Unmarshal(text, &document))
	return document
}

func TestOnlyACertainAnswerIsSatisfied(t *testing.T) {
	for name, c := range map[string]struct {
		e    *engagement
		want map[string]string
	}{
		"done": {done(t), map[string]string{
			"1.2.5": "satisfied pass", "1.3.1": "not-satisfied other", "2.2.6": "not-satisfied fail", "6.4.1": "satisfied other", "6.4.2": "satisfied pass", "8.3.9": "not-satisfied other",
		}},
		"assessed": {wholeAssessed(t), map[string]string{"1.2.5": "not-satisfied fail", "12.5.2": "not-satisfied other", "8.6.3": "not-satisfied fail", "11.6.1": "not-satisfied other"}},
	} {
		document := decoded(t, c.e.written(export.OSCAL, reports.Fitting, ""))
		got := map[string]string{}
		for _, f := range pick(t, document, "assessment-results", "results", 0, "findings").([]any) {
			number := strings.TrimPrefix(pick(t, f, "target", "target-id").(string), "pci-dss-4.0.1-")
			if _, wanted := c.want[number]; wanted {
				got[number] = fmt.Sprint(pick(t, f, "target", "status", "state"), " ", pick(t, f, "target", "status", "reason"))
			}
		}
		assert.Equal(t, c.want, got, name)
	}
}

func TestFailuresAreResultsAndWhatIsUnknownStaysOpen(t *testing.T) {
	e := done(t)
	origins := reports.Origins{}
	for digest, s := range e.snapshots {
		s.Entries = []engine.Entry{{Ref: engine.Ref{Kind: "Pod", Namespace: "pay", Name: "till", UID: "7"}, Origin: "deploy/till shop.yaml:12"}}
		origins[digest] = map[engine.Ref][]string{{Kind: "Pod", Namespace: "pay", Name: "till"}: nil}
		reports.OriginsIn(&s, origins[digest])
	}
	var b bytes.Buffer
	require.NoError(t, export.Write(&b, e.dossier(reports.Fitting), e.composeKind(reports.Fitting), export.Options{Format: export.SARIF, Origins: origins, Checks: []engine.Check{
		{ID: "containers-not-privileged", Words: engine.Words{Title: "Containers are not privileged", Rationale: "They own the node.", Remediation: "Drop it."}},
	}}))
	run := pick(t, decoded(t, b.Bytes()), "runs", 0)
	results := pick(t, run, "results").([]any)
	require.Len(t, results, 3, "what passed is left out")
	for i, want := range []string{"containers-not-privileged fail error", "containers-not-privileged fail error", "default-deny open none"} {
		assert.Equal(t, want, fmt.Sprint(pick(t, results[i], "ruleId"), " ", pick(t, results[i], "kind"), " ", pick(t, results[i], "level")))
	}
	till := pick(t, results[1], "locations", 0)
	assert.Equal(t, "deploy/till%20shop.yaml", pick(t, till, "physicalLocation", "artifactLocation", "uri"))
	assert.EqualValues(t, 12, pick(t, till, "physicalLocation", "region", "startLine"))
	assert.Equal(t, "k8s:1b4e28ba-2fa1-11d2-883f-0016d3cca427/Pod pay/till", pick(t, till, "logicalLocations", 0, "fullyQualifiedName"))
	assert.Nil(t, pick(t, results[0], "locations", 0, "physicalLocation"), "an object of a cluster is in no file")
	assert.Equal(t, []any{"security", "pci-dss-v4.0.1/2.2.6"}, pick(t, run, "tool", "driver", "rules", 0, "properties", "tags"))
	assert.Equal(t, "They own the node.", pick(t, run, "tool", "driver", "rules", 0, "fullDescription", "text"))
	assert.Contains(t, pick(t, run, "invocations", 0, "toolExecutionNotifications", 0, "message", "text"), "NetworkPolicy.networking.k8s.io could not be seen")
	assert.Contains(t, pick(t, run, "properties", "note"), "DRAFT: 3 problems are open")
	assert.NotContains(t, b.String(), "\x1b")
}

// An answer of somebody whom nobody enrolled is written down and never satisfied.
func TestAnAnswerOfAStrangerIsNotSatisfied(t *testing.T) {
	e := done(t)
	e.answer(signer(t, "Eve", 9), questionnaires.Answer{Requirement: id("8.3.9"), Response: questionnaires.InPlace, Narrative: "Trust me."})
	for _, f := range pick(t, decoded(t, e.written(export.OSCAL, reports.Fitting, "")), "assessment-results", "results", 0, "findings").([]any) {
		if pick(t, f, "target", "target-id") == "pci-dss-4.0.1-8.3.9" {
			assert.Equal(t, "not-satisfied", pick(t, f, "target", "status", "state"))
			assert.Contains(t, pick(t, f, "target", "status", "remarks"), "not verified")
		}
	}
	assert.Contains(t, string(e.written(export.CSV, reports.Fitting, "answers")), "NOT VERIFIED")
	var said string
	for _, row := range sheetsOf(t, e.written(export.XLSX, reports.Transfer, ""))["Requirement 8"] {
		if row[0] == "8.3.9" {
			said = strings.Join(row, " ")
		}
	}
	assert.Contains(t, said, "The signature of this answer is not verified.")
}

// What could not be seen is an observation that is unknown, whatever else was seen.
func TestWhatCouldNotBeSeenIsObserved(t *testing.T) {
	var unseen []any
	for _, o := range pick(t, decoded(t, done(t).written(export.OSCAL, reports.Fitting, "")), "assessment-results", "results", 0, "observations").([]any) {
		if strings.HasPrefix(pick(t, o, "title").(string), "What could not be seen of shop-prod") {
			unseen = append(unseen, o)
		}
	}
	require.Len(t, unseen, 1)
	assert.Equal(t, "unknown", pick(t, unseen[0], "props", 0, "value"))
	assert.Contains(t, pick(t, unseen[0], "description"), "NetworkPolicy.networking.k8s.io")
}

// What nobody could tell keeps its own sentence; what a newer result replaced is not told
// again; and a failure is suppressed for as long as it is accepted.
func TestFailuresAreThoseOfTheDay(t *testing.T) {
	told := func(e *engagement, day string) (open, sentences, suppressed int) {
		date, err := time.Parse(time.DateOnly, day)
		require.NoError(t, err)
		d, err := reports.Load(t.Context(), e, e.catalogue, e.id, date)
		require.NoError(t, err)
		document, err := reports.Compose(d)
		require.NoError(t, err)
		var b bytes.Buffer
		require.NoError(t, export.Write(&b, d, document, export.Options{Format: export.SARIF}))
		for _, r := range pick(t, decoded(t, b.Bytes()), "runs", 0, "results").([]any) {
			if pick(t, r, "kind") == "open" {
				open++
			}
			if pick(t, r, "message", "text") == "NetworkPolicy objects could not be seen (forbidden)." {
				sentences++
			}
			if pick(t, r, "suppressions") != nil {
				suppressed++
			}
		}
		return open, sentences, suppressed
	}
	e := done(t)
	e.answer(e.mara, questionnaires.Answer{Requirement: id("1.3.1"), Response: questionnaires.NotInPlace, Narrative: "By the older result.", Evidence: []questionnaires.ID{e.evidence[1].ID}})
	e.collect()
	e.must(e.mara)(e.history().AskAcceptance(questionnaires.Acceptance{
		Target: "k8s:1b4e28ba-2fa1-11d2-883f-0016d3cca427", Check: "containers-not-privileged", Subject: engine.Ref{Kind: "Pod", Namespace: "pay", Name: "till"}, Place: "app",
		Reason: "The driver needs the node's device.", Risk: "Who takes it over owns the node.", Until: "2026-11-05",
	}, e.now))
	e.must(e.jonas)(e.history().ApproveAcceptance(e.entries[len(e.entries)-1].ID, e.jonas.Author.ID))
	for day, accepted := range map[string]int{"2026-11-05": 1, "2026-11-06": 0} {
		open, sentences, suppressed := told(e, day)
		assert.Equal(t, []int{1, 1, accepted}, []int{open, sentences, suppressed}, day)
	}
}

func sheetsOf(t *testing.T, raw []byte) map[string][][]string {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(raw))
	require.NoError(t, err)
	defer f.Close()
	sheets := map[string][][]string{}
	for _, name := range f.GetSheetList() {
		rows, err := f.GetRows(name)
		require.NoError(t, err)
		sheets[name] = rows
		for n, row := range rows {
			for i, text := range row {
				at, err := excelize.CoordinatesToCellName(i+1, n+1)
				require.NoError(t, err)
				formula, err := f.GetCellFormula(name, at)
				require.NoError(t, err)
				assert.Empty(t, formula, "%s %s", name, at)
				kind, err := f.GetCellType(name, at)
				require.NoError(t, err)
				if text != "" {
					assert.Contains(t, []excelize.CellType{excelize.CellTypeInlineString, excelize.CellTypeSharedString}, kind, "%s %s", name, at)
				}
			}
		}
	}
	return sheets
}

func TestWorkbookHoldsTextsAndNoFormula(t *testing.T) {
	e := hostile(t)
	sheets := sheetsOf(t, e.written(export.XLSX, reports.Fitting, ""))
	assert.ElementsMatch(t, []string{"About", "Answers", "Evidence", "Problems", "Not seen"}, sortedNames(sheets))
	assert.Contains(t, fmt.Sprint(sheets["About"]), "no official form")
	assert.Contains(t, sheets["Answers"][0][0], "DRAFT: ")
	answers := sheets["Answers"][2:]
	assert.Equal(t, "1.2.5", answers[0][0])
	assert.Equal(t, "1.2.5 (continued)", answers[1][0], "what is too long for a cell goes on")
	assert.Equal(t, strings.Repeat("é=", 20000), strings.TrimSpace(answers[0][3]+answers[1][3]))
	assert.Equal(t, "2.2.6", answers[3][0])
	evidence := fmt.Sprint(sheets["Evidence"])
	assert.Contains(t, evidence, "=HYPERLINK(")
}

func sortedNames(sheets map[string][][]string) []string {
	var names []string
	for name := range sheets {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// sheetNames are those of a workbook, in its order.
func sheetNames(t *testing.T, text []byte) []string {
	t.Helper()
	book, err := excelize.OpenReader(bytes.NewReader(text))
	require.NoError(t, err)
	defer book.Close()
	return book.GetSheetList()
}

func TestTransferHoldsEveryAnswerInItsPlace(t *testing.T) {
	for name, c := range map[string]struct {
		e      *engagement
		sheets []string
	}{
		"self": {wholeSelf(t), []string{
			"About", "Section 1 Part 1", "Section 1 Part 2", "Section 1 Entity and scope",
			"Requirement 1", "Requirement 2", "Requirement 3", "Requirement 5", "Requirement 6", "Requirement 8", "Requirement 11", "Requirement 12", "Appendix A2",
			"Appendix B Worksheets", "Appendix C Not Applicable", "Appendix D Not Tested", "Section 3 Part 3", "Section 3 Result", "Section 3 Action plan", "Section 3 Part 4",
		}},
		"without Not Tested": {begin(t, "saq-a-ep"), []string{
			"About", "Section 1 Part 1", "Section 1 Part 2", "Section 1 Entity and scope",
			"Requirement 1", "Requirement 5", "Requirement 6", "Requirement 8", "Requirement 11",
			"Appendix B Worksheets", "Appendix C Not Applicable", "Section 3 Part 3", "Section 3 Result", "Section 3 Action plan", "Section 3 Part 4",
		}},
		"assessed": {wholeAssessed(t), []string{
			"About", "1 Contacts and result", "1.8 Not in Place", "1.8 Not Applicable", "1.8 Not Tested", "2 Business", "3 Scope", "4 Environment", "5 Scans",
			"6 Evidence and samples", "6 Evidence by number",
			"7 Requirement 1", "7 Requirement 2", "7 Requirement 3", "7 Requirement 5", "7 Requirement 6", "7 Requirement 8", "7 Requirement 11", "7 Requirement 12", "Appendix A2",
			"Appendix C Worksheets", "Appendix E Customized", "Attestation Part 1", "Attestation Part 2", "Attestation Part 3", "Attestation Part 4",
		}},
	} {
		text := c.e.written(export.XLSX, reports.Transfer, "")
		assert.Equal(t, c.sheets, sheetNames(t, text), name)
		sheets := sheetsOf(t, text)
		for _, want := range c.sheets {
			require.Contains(t, sheets, want, name)
			assert.Contains(t, fmt.Sprint(sheets[want][:2]), "no official form")
		}
		a := c.e.assessment()
		for _, r := range a.Requirements() {
			prefix := map[bool]string{true: "7 ", false: ""}[a.Questionnaire.PerProcedure]
			sheet := sheets[prefix+"Requirement "+r.ID.Principal().String()]
			if sheet == nil {
				sheet = sheets["Appendix "+r.ID.Principal().String()]
			}
			rows := map[string][]string{}
			for _, row := range sheet {
				rows[row[0]] = row
			}
			v := a.Current(r.ID)
			require.Contains(t, rows, r.ID.String())
			require.GreaterOrEqual(t, len(rows[r.ID.String()]), 3)
			assert.Equal(t, v.Response.Title(), rows[r.ID.String()][2])
			for _, p := range a.Procedures(r.ID) {
				if p.Letter != "" {
					row := rows[r.ID.String()+"."+p.Letter]
					require.GreaterOrEqual(t, len(row), 3)
					assert.Equal(t, p.Finding.Title(), row[2])
				}
			}
			if v.Compensates() && len(v.Worksheet.Missing()) == 0 {
				written := fmt.Sprint(sheets[c.sheets[slices.IndexFunc(c.sheets, func(s string) bool { return strings.HasSuffix(s, "Worksheets") })]])
				assert.Contains(t, written, r.ID.String()+" "+r.Title)
				assert.Contains(t, written, v.Worksheet.Constraints)
			}
		}
	}
}

// Who signs an attestation, its day and a law that nobody named are to be copied too.
func TestTransferHoldsWhatAnAttestationIsSignedWith(t *testing.T) {
	self, assessed := wholeSelf(t), wholeAssessed(t)
	described := assessed.history().Evidence()[3].Description()
	described.Details = questionnaires.EvidenceDetails{
		Version: "4", Purpose: "Sets the rules", Revised: "2026-03-01", Topics: []string{"networks", "keys"}, Roles: []string{"head of platform"}, Sample: "e2",
	}
	assessed.must(assessed.mara)(assessed.history().Describe(described, assessed.now))
	self.answer(self.mara, questionnaires.Answer{Requirement: id("8.3.4"), Response: questionnaires.NotInPlace, Narrative: "By law.", Remedy: questionnaires.Remedy{Legal: true}})
	for _, c := range []struct {
		e     *engagement
		sheet string
		want  []string
	}{
		{self, "Section 3 Part 3", []string{"Executive officer Copperline Outfitters", "Prepared by Mara Lindqvist", "Date of this record"}},
		{self, "Section 3 Action plan", []string{"8.3.4 By law.   not recorded"}},
		{assessed, "Attestation Part 3", []string{"Executive officer Copperline Outfitters", "Lead QSA Ida Holm", "Officer of the QSA company Liv Ask, Partner, Holm Audit", "Date of this record"}},
		{assessed, "1 Contacts and result", []string{"Date of this record"}},
		{assessed, "1 Contacts and result", []string{"Tested from elsewhere yes: a part of it", "Officer who signs for the assessors' company Liv Ask, Partner"}},
		{assessed, "2 Business", []string{"Nature of business Outdoor clothing", "or could affect its security Tills, refunds", "How it could: Holds the keys of every shop"}},
		{assessed, "3 Scope", []string{"What reduced the scope Tokens in the shops", "that it is effective Tried from the warehouse", "used yes", "P2PE: the manual was followed"}},
		{assessed, "4 Environment", []string{"Shows: networks", "Inventory that the list rests on Evidence-4", "Files, tables and fields: sales.pan"}},
		{assessed, "6 Evidence and samples", []string{"How they are protected Sealed to two keepers", "on the Council's request Ida Holm"}},
		{assessed, "6 Evidence by number", []string{"Evidence-4 Interview with the head of platform file 4 Sets the rules 2026-03-01 networks; keys head of platform Set-3 "}},
		{assessed, "Attestation Part 2", []string{"Tested from elsewhere yes: a part of it", "Could affect the security of account data yes", "or could affect its security Tills, refunds"}},
		{assessed, "1.8 Not in Place", []string{"Register Act, section 12"}},
	} {
		written := fmt.Sprint(sheetsOf(t, c.e.written(export.XLSX, reports.Transfer, ""))[c.sheet])
		for _, want := range c.want {
			assert.Contains(t, written, want, c.sheet)
		}
	}
}

func TestCSVHoldsTextsAndNoFormula(t *testing.T) {
	for which, e := range engagements(t) {
		for _, table := range export.Tables() {
			rows, err := csv.NewReader(bytes.NewReader(e.written(export.CSV, reports.Fitting, table))).ReadAll()
			require.NoError(t, err)
			assert.Equal(t, "Tickmark record", rows[0][0])
			for _, row := range rows[1:] {
				assert.True(t, strings.HasPrefix(row[0], "DRAFT: "), "each row says that it is a draft")
				for _, text := range row {
					for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == ';' || r == '\n' || r == '\r' || r == '\t' }) {
						assert.False(t, strings.ContainsAny(string([]rune(strings.TrimSpace(part) + " ")[:1]), "=+-@＝"), "%s %s: %q", which, table, part)
					}
				}
			}
		}
	}
	d := done(t)
	var b bytes.Buffer
	require.ErrorContains(t, export.Write(&b, d.dossier(reports.Fitting), d.composeKind(reports.Fitting), export.Options{Format: export.CSV, Table: "answer"}), "is no table")
}

func TestMarkdownIsTextAlone(t *testing.T) {
	e := hostile(t)
	for i, text := range hostileTexts[:len(hostileTexts)-1] {
		if narrative := taken(text); narrative != "" {
			e.answer(e.mara, questionnaires.Answer{Requirement: id("8.3.9"), Response: questionnaires.InPlace, Narrative: narrative + " x"})
		}
		printed := regexp.MustCompile(`\\.`).ReplaceAllString(string(e.written(export.Markdown, reports.Fitting, "")), "")
		for _, acting := range []string{"<script", "](http", "http://", " www.evil", "mara@evil", "\n```", "\x1b", "<http"} {
			assert.False(t, strings.Contains(printed, acting), "%q in text %d", acting, i)
		}
	}
	whole := string(wholeAssessed(t).written(export.Markdown, reports.Fitting, ""))
	assert.Contains(t, whole, "\n**DRAFT: ")
	assert.Contains(t, whole, "Two ports are left.")
	assert.Contains(t, whole, "no official form")
}

func TestJSONSaysWhatThePaperSays(t *testing.T) {
	document := decoded(t, wholeAssessed(t).written(export.JSON, reports.Fitting, ""))
	assert.Equal(t, "tickmark-report-1", pick(t, document, "format"))
	assert.NotEmpty(t, pick(t, document, "draft"))
	answer := pick(t, document, "answers", 0)
	assert.Equal(t, "1.2.5", pick(t, answer, "requirement"))
	assert.Equal(t, "1.2.5.a", pick(t, answer, "procedures", 0, "procedure"))
	assert.Equal(t, "in-place", pick(t, answer, "procedures", 0, "finding"))
	assert.Equal(t, "Evidence-4", pick(t, answer, "procedures", 0, "references", 0))
	assert.Equal(t, "not-in-place", pick(t, answer, "response"))
	assert.Equal(t, true, pick(t, answer, "given", "verified"))
	empty := decoded(t, newEngagement(t).written(export.JSON, reports.Fitting, ""))
	assert.Nil(t, pick(t, empty, "answers", 0, "given"))
	assert.Equal(t, []any{}, pick(t, empty, "evidence"))
}

func TestFormatsAreFoundByTheEndingsOfFiles(t *testing.T) {
	for name, want := range map[string]string{"a.pdf": "pdf", "b.XLSX": "xlsx", "c.csv": "csv", "d.json": "json", "e.md": "markdown", "f.sarif": "sarif", "g.oscal.json": "oscal"} {
		f, known := export.FormatOf(name)
		assert.True(t, known, name)
		assert.Equal(t, want, f.String())
		parsed, err := export.ParseFormat(want)
		require.NoError(t, err)
		assert.Equal(t, f, parsed)
	}
	_, known := export.FormatOf("record.txt")
	assert.False(t, known)
	_, err := export.ParseFormat("docx")
	assert.ErrorContains(t, err, "is no format")
}
