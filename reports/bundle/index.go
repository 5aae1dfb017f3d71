package bundle

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"fmt"
	"html"
	"io"
	"strings"
	"time"

	"tickmark/engine"
	"tickmark/questionnaires"
	"tickmark/reports"
)

// row is what the index says of one item of evidence.
type row struct {
	item    reports.Item
	bears   []bearing
	name    string // where it stands; "" where it was left out
	digest  engine.Digest
	leftOut string // why it was left out
}

var indexTitles = []string{"Requirement", "Response", "Bearing", "Evidence", "Title", "Kind or verdict", "Collected", "Freshness", "File", "SHA-256", "Note"}

// index packs the list of all evidence by item and requirement, for sheets and for people.
func (b *writer) index(rows []row) error {
	var lines [][]string
	for _, r := range rows {
		bears := r.bears
		if len(bears) == 0 {
			bears = []bearing{{}}
		}
		for _, bears := range bears {
			lines = append(lines, b.line(r, bears))
		}
	}
	_, err := b.file(indexName, func(w io.Writer) error { return writeCSV(w, lines) })
	if err != nil {
		return err
	}
	return b.text(pageName, b.page(lines))
}

func (b *writer) line(r row, bears bearing) []string {
	e := r.item.Evidence
	requirement, response := "", ""
	if !bears.requirement.IsZero() {
		requirement, response = bears.requirement.String(), bears.response.Title()
	}
	what := e.Kind.Noun()
	if e.Result != nil {
		what = e.Result.Verdict.String()
	}
	var notes []string
	if r.leftOut != "" {
		notes = append(notes, "not in this package: "+r.leftOut)
	}
	if r.item.Replaced {
		notes = append(notes, "a newer result exists")
	}
	digest := ""
	if r.name != "" {
		digest = r.digest.String()
	}
	line := []string{
		requirement, response, bears.how, e.Label(), e.Title, what, e.Collected.UTC().Format(time.RFC3339),
		b.Dossier.Assessment.Freshness(e, questionnaires.DayOf(b.Dossier.Date)).String(), r.name, digest, strings.Join(notes, "; "),
	}
	for i := range line {
		line[i] = reports.Line(line[i])
	}
	return line
}

// writeCSV writes the lines in RFC 4180's form. No cell begins as a formula does.
func writeCSV(w io.Writer, lines [][]string) error {
	c := csv.NewWriter(w)
	c.UseCRLF = true
	if err := c.Write(indexTitles); err != nil {
		return err
	}
	for _, line := range lines {
		cells := make([]string, len(line))
		for i, text := range line {
			cells[i] = text
			if text != "" && strings.Contains("=+-@", text[:1]) {
				cells[i] = "'" + text
			}
		}
		if err := c.Write(cells); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

// page is the index as one page without scripts, for a browser.
func (b *writer) page(lines [][]string) []byte {
	d, say := b.Dossier, html.EscapeString
	var p bytes.Buffer
	title := reports.Line("Evidence of " + d.Assessment.Entity)
	fmt.Fprintf(&p, `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>%s</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>body{font:14px sans-serif;color:#1f2933;margin:2em}table{border-collapse:collapse}th{background:#14213d;color:#fff;text-align:left}
th,td{padding:.35em .6em;border-bottom:1px solid #d9e2ec;vertical-align:top}code{font-size:11px;word-break:break-all}</style></head><body>
<h1>%s</h1>
<p>%s. The report is <a href="%s">%s</a>; how to check everything here is said in <a href="%s">%s</a>.</p>
<table><thead><tr>`, say(title), say(title), say(reports.Line(cmp.Or(d.Assessment.Details.Name, "Assessment"))+", "+d.Date.UTC().Format(time.DateOnly)),
		ReportName, ReportName, readmeName, readmeName)
	for _, t := range indexTitles {
		fmt.Fprintf(&p, "<th>%s</th>", say(t))
	}
	p.WriteString("</tr></thead><tbody>\n")
	const file, digest = 8, 9
	for _, line := range lines {
		p.WriteString("<tr>")
		for i, text := range line {
			switch {
			case i == file && text != "":
				fmt.Fprintf(&p, `<td><a href="%s">%s</a></td>`, say(text), say(text))
			case i == digest && text != "":
				fmt.Fprintf(&p, "<td><code>%s</code></td>", say(text))
			default:
				fmt.Fprintf(&p, "<td>%s</td>", say(text))
			}
		}
		p.WriteString("</tr>\n")
	}
	p.WriteString("</tbody></table></body></html>\n")
	return p.Bytes()
}
