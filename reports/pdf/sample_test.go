package pdf_test

import (
	"fmt"
	"strings"
	"time"

	"tickmark/reports"
)

// sample is a document with every block, and rows rows in its tables.
func sample(rows int) reports.Document {
	slices := []reports.Slice{
		{Label: "In Place", Tone: reports.Good, Count: 214},
		{Label: "In Place with CCW", Tone: reports.Info, Count: 6},
		{Label: "Not in Place", Tone: reports.Bad, Count: 11},
		{Label: "Not Applicable", Tone: reports.Muted, Count: 12},
		{Label: "Not Tested", Tone: reports.Warn, Count: 6},
		{Label: "Unanswered", Tone: reports.Open, Count: 20},
	}
	doc := reports.Document{
		Title: "Self-Assessment Record", Subject: "SAQ D for merchants, PCI DSS v4.0.1", Entity: "Zürich Payments AG",
		Author: "Ana Łukasiewicz", Language: "en-GB", Date: time.Date(2026, 11, 20, 10, 30, 0, 0, time.UTC),
		Protection: "CONFIDENTIAL", Vault: "9f2c41d07ab3", Head: strings.Repeat("ab12", 16),
		Draft: "3 problems are open", Manifest: []byte(`{"evidence":[]}`),
	}
	doc.Blocks = []reports.Block{
		reports.Cover{
			Kicker: "SELF-ASSESSMENT RECORD", Title: "Self-Assessment Record\nSAQ D Merchant", Entity: doc.Entity, Detail: "PCI DSS v4.0.1 · Web shop",
			Pill:  reports.Pill{Text: "no conclusion recorded", Tone: reports.Muted},
			Facts: []reports.Fact{{Name: "Prepared by", Value: "Ana Łukasiewicz"}, {Name: "Period", Value: "1 September to 30 October 2026"}, {Name: "Report date", Value: "20 November 2026"}, {Name: "Questionnaire", Value: "SAQ D Merchant, October 2024"}, {Name: "Responses", Value: "249 of 269 given"}, {Name: "Problems", Value: "3 open"}, {Name: "Assessment id", Value: "4f1d0c5e"}},
			Panel: reports.Panel{Title: "Head of the assessment (SHA-256)", Digest: doc.Head, Note: "Check with: tickmark verify REPORT.pdf --vault NAME.vault"},
			Note:  "This is no official form of the PCI SSC.",
		},
		reports.Contents{Title: "Contents"},
		reports.Heading{Level: 1, Text: "Summary", Anchor: "summary"},
		reports.Paragraph{Text: "Of 269 requirements 249 are answered. Κρυπτογραφία, Шифрование: an embedded font carries what the first one lacks. ✓ ✗ 漢字 😀 {nb}"},
		reports.Donut{Figure: "249", Caption: "of 269 answered", Slices: slices},
		reports.Heading{Level: 2, Text: "Responses by requirement"},
		reports.Bars{Rows: bars(slices)},
		reports.Heading{Level: 2, Text: "Open problems"},
		reports.Callout{Tone: reports.Warn, Title: "This is a draft", Text: "Three problems stand between these answers and a record that can be signed.", Items: []string{"1.2.1: it is not answered", "3.5.1: In Place, and evidence contradicts it", "12.8.2: Not Applicable without its reason"}},
		reports.List{Items: []string{"One point.", "Another one that is rather longer, so that it needs a second line to be said in full and shows how such a line is set."}},
		reports.Facts{Rows: []reports.Fact{{Name: "Cluster", Value: "shop-prod (k8s:1b4e28ba-2fa1-11d2-883f-0016d3cca427)"}, {Name: "Collected", Value: "2026-11-19 10:00 UTC"}}},
		reports.Table{Empty: "No requirement was answered Not Tested."},
		reports.Heading{Level: 1, Text: "Responses"},
		reports.Heading{Level: 2, Text: "Requirement 1: Network security controls"},
		reports.Table{Columns: []reports.Column{{Title: "Requirement", Weight: 27, Style: reports.Strong}, {Title: "Response", Weight: 86, Style: reports.Plain}, {Title: "Status", Weight: 30, Style: reports.Plain}, {Title: "Evidence", Weight: 27, Style: reports.Mono}}, Rows: responses(rows)},
		reports.Heading{Level: 1, Text: "Evidence"},
		reports.Table{Columns: []reports.Column{{Title: "Number", Weight: 20, Style: reports.Strong}, {Title: "Item", Weight: 64, Style: reports.Plain}, {Title: "Collected", Weight: 24, Style: reports.Plain}, {Title: "SHA-256", Weight: 62, Style: reports.Mono}}, Rows: evidence(rows)},
		reports.Heading{Level: 3, Text: "A small heading"},
		reports.Paragraph{Text: "Explained in small letters.", Quiet: true},
		reports.Heading{Level: 1, Text: "Signatures"},
		reports.SignatureBlock{Field: "preparer", Role: "Prepared by", Person: "Ana Łukasiewicz", Note: "Answers for what this record says on the date above."},
	}
	return doc
}

func bars(slices []reports.Slice) []reports.Bar {
	var rows []reports.Bar
	for i := range 12 {
		rows = append(rows, reports.Bar{Number: fmt.Sprint(i + 1), Label: "Network security controls", Figure: "18 of 20", Slices: slices[i%3:]})
	}
	return rows
}

func responses(n int) []reports.Row {
	pills := []reports.Pill{{Text: "In Place", Tone: reports.Good}, {Text: "Not in Place", Tone: reports.Bad}, {Text: "In Place with CCW", Tone: reports.Info}, {Text: "Not Applicable", Tone: reports.Muted}, {Text: "Not Tested", Tone: reports.Warn}, {Text: "Unanswered", Tone: reports.Open}}
	var rows []reports.Row
	for i := range n {
		rows = append(rows, reports.Row{Cells: []reports.Cell{
			{Text: fmt.Sprintf("1.%d.%d", i/9+1, i%9+1)},
			{Title: "Rules are reviewed at least every six months", Text: "Rule review records for the second quarter were produced; the change tickets sampled carry an approver and a date. " + strings.Repeat("More is said of it. ", i%7), Note: "Ana Łukasiewicz, 2026-11-18 · examine, interview"},
			{Pill: pills[i%len(pills)]},
			{Links: []reports.Link{{Text: fmt.Sprintf("Evidence-%d", i+1), To: fmt.Sprintf("evidence-%d", i+1)}}},
		}})
	}
	return rows
}

func evidence(n int) []reports.Row {
	var rows []reports.Row
	for i := range n {
		rows = append(rows, reports.Row{Anchor: fmt.Sprintf("evidence-%d", i+1), Cells: []reports.Cell{
			{Text: fmt.Sprintf("Evidence-%d", i+1)},
			{Title: "Namespaces refuse what no policy allows", Text: "shop-prod: 12 pass, 1 fail, 0 unknown"},
			{Text: "2026-11-19 10:00 UTC", Note: "auditor, tickmark 0.1"},
			{Text: strings.Repeat("0123456789abcdef", 2) + "\n" + strings.Repeat("fedcba9876543210", 2)},
		}})
	}
	return rows
}

func itoa(n int) string { return fmt.Sprint(n) }

// atoi and atof read the number that s begins with.
func atoi(s string) int {
	var n int
	_, _ = fmt.Sscanf(s, "%d", &n)
	return n
}

func atof(s string) float64 {
	var f float64
	_, _ = fmt.Sscanf(s, "%f", &f)
	return f
}
