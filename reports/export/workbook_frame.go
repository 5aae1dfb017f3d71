package export

import (
	"encoding/xml"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf16"
)

// How cells look, by their number in the styles: all of them are text.
const asHead, asBody = 1, 2

const (
	declaration   = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	relationships = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	packaged      = "http://schemas.openxmlformats.org/package/2006/"
	spreadsheet   = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	ofSheets      = "application/vnd.openxmlformats-officedocument.spreadsheetml."
	sheetEnd      = "</sheetData></worksheet>"
)

// frame is what writes each part of a workbook (ECMA-376), by its name.
func (b workbook) frame() (map[string]func(*rowWriter) error, error) {
	var types, sheets, links strings.Builder
	link := func(id int, kind, target string) {
		fmt.Fprintf(&links, `<Relationship Id="rId%d" Type="%s/%s" Target="%s"/>`, id, relationships, kind, target)
	}
	parts := map[string]func(*rowWriter) error{}
	var names []string
	for n, s := range b.sheets {
		if err := nameable(s.name, names); err != nil {
			return nil, fmt.Errorf("sheet %q: %w", s.name, err)
		}
		names = append(names, s.name)
		path := fmt.Sprintf("worksheets/sheet%d.xml", n+1)
		fmt.Fprintf(&types, `<Override PartName="/xl/%s" ContentType="%sworksheet+xml"/>`, path, ofSheets)
		fmt.Fprintf(&sheets, `<sheet name="%s" sheetId="%d" r:id="rId%d"/>`, inXML(s.name), n+1, n+1)
		link(n+1, "worksheet", path)
		parts["xl/"+path] = s.write
	}
	link(len(b.sheets)+1, "styles", "styles.xml")
	for name, text := range map[string]string{
		"[Content_Types].xml": `<Types xmlns="` + packaged + `content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
			`<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="` + ofSheets + `sheet.main+xml"/>` + types.String() +
			`<Override PartName="/xl/styles.xml" ContentType="` + ofSheets + `styles+xml"/>` +
			`<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>`,
		"_rels/.rels": `<Relationships xmlns="` + packaged + `relationships"><Relationship Id="rId1" Type="` + relationships + `/officeDocument" Target="xl/workbook.xml"/>` +
			`<Relationship Id="rId2" Type="` + packaged + `relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>`,
		"docProps/core.xml": made(b.made),
		"xl/workbook.xml": `<workbook xmlns="` + spreadsheet + `" xmlns:r="` + relationships + `"><bookViews><workbookView/></bookViews><sheets>` +
			sheets.String() + `</sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships xmlns="` + packaged + `relationships">` + links.String() + `</Relationships>`,
		"xl/styles.xml":              styles,
	} {
		parts[name] = func(r *rowWriter) error {
			r.raw(declaration + text)
			return r.w.Flush()
		}
	}
	return parts, nil
}

// made says who made a workbook, and when.
func made(when time.Time) string {
	at := when.UTC().Format(time.RFC3339)
	return `<cp:coreProperties xmlns:cp="` + packaged + `metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"` +
		` xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:creator>Tickmark</dc:creator><cp:lastModifiedBy>Tickmark</cp:lastModifiedBy>` +
		`<dcterms:created xsi:type="dcterms:W3CDTF">` + at + `</dcterms:created><dcterms:modified xsi:type="dcterms:W3CDTF">` + at + `</dcterms:modified></cp:coreProperties>`
}

// styles are the looks of cells: the one that every workbook has, and those of ours, which are
// text (the format 49, @), at the top of their cell, in as many lines as they need.
const styles = `<styleSheet xmlns="` + spreadsheet + `"><fonts count="2"><font><sz val="11"/><name val="Calibri"/><family val="2"/></font>` +
	`<font><b/><sz val="11"/><name val="Calibri"/><family val="2"/></font></fonts>` +
	`<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>` +
	`<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>` +
	`<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>` +
	`<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>` +
	`<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf>` +
	`<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf></cellXfs>` +
	`<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`

// frame writes what stands before the rows of a sheet. Notes and titles stay in sight.
func (r *rowWriter) frame(s sheet) {
	top := len(s.notes) + 1
	r.raw(declaration + `<worksheet xmlns="` + spreadsheet + `"><sheetViews><sheetView workbookViewId="0">`)
	fmt.Fprintf(r.w, `<pane ySplit="%d" topLeftCell="A%d" activePane="bottomLeft" state="frozen"/>`, top, top+1)
	r.raw(`</sheetView></sheetViews>`)
	if len(s.columns) > 0 {
		r.raw(`<cols>`)
		for i, c := range s.columns {
			fmt.Fprintf(r.w, `<col min="%d" max="%d" width="%g" customWidth="1"/>`, i+1, i+1, c.width)
		}
		r.raw(`</cols>`)
	}
	r.raw(`<sheetData>`)
}

// nameable says why a sheet cannot be called so, beside others.
func nameable(name string, others []string) error {
	const most = 31 // characters of UTF-16
	switch {
	case name == "":
		return errors.New("it has no name")
	case len(utf16.Encode([]rune(name))) > most:
		return fmt.Errorf("its name is longer than %d characters", most)
	case strings.HasPrefix(name, "'") || strings.HasSuffix(name, "'"):
		return errors.New("its name begins or ends with a quote")
	case strings.ContainsAny(name, `:\/?*[]`):
		return errors.New("a character of its name is none of a sheet's")
	case slices.ContainsFunc(others, func(other string) bool { return strings.EqualFold(name, other) }):
		return errors.New("another one has its name")
	}
	return nil
}

// columnName is what the column of a number, from 0 on, is called: A, Z, AA.
func columnName(n int) string {
	name := string(rune('A' + n%26))
	if n < 26 {
		return name
	}
	return columnName(n/26-1) + name
}

// inXML is a text as it stands in XML.
func inXML(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a builder takes everything
	return b.String()
}
