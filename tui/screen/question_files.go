package screen

import (
	"slices"

	"tickmark/tui/theme"
)

// filedRows are the rows of all files, which there may be tens of thousands of: they are
// made once for each picture.
type filedRows struct {
	picture *Picture
	rows    []sideRow
}

// fileRows are the files that can be attached: those taken in for this question
// first.
func (s *Question) fileRows(r Row) []sideRow {
	if s.filed.picture != s.desk.picture {
		s.filed = filedRows{s.desk.picture, s.listFiles(r)}
	}
	return s.filed.rows
}

func (s *Question) listFiles(r Row) []sideRow {
	var meant, others []sideRow
	all := s.desk.picture.Assessment.LatestEvidence()
	for i := range all {
		item := &all[i]
		if item.File == nil {
			continue
		}
		file := s.desk.evidenceRow(item)
		if slices.Contains(r.Current.Evidence, item.ID) {
			file.text = "[attached] " + file.text
		}
		if slices.Contains(item.Requirements, s.id) {
			meant = append(meant, file)
		} else {
			others = append(others, file)
		}
	}
	var rows []sideRow
	for _, part := range []struct {
		heading string
		files   []sideRow
	}{{"Files taken in for this question", meant}, {"Other files", others}} {
		if len(part.files) > 0 {
			rows = append(rows, sideRow{aside: true}, sideRow{text: part.heading, tone: theme.Heading, aside: true})
			rows = append(rows, part.files...)
		}
	}
	return rows
}
