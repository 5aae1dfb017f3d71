package export

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"tickmark/questionnaires"
	"tickmark/reports"
)

// ICalendar writes what is due as all-day events (RFC 5545), one per deadline. The same
// deadlines give the same bytes; an event keeps its UID from one writing to the next, so
// that a calendar program moves it. At is when the list was made.
func ICalendar(w io.Writer, of questionnaires.ID, all []questionnaires.Deadline, at time.Time) error {
	out := &contentLines{w: bufio.NewWriter(w)}
	out.line("BEGIN", "VCALENDAR")
	out.line("VERSION", "2.0")
	out.line("PRODID", "-//Tickmark//PCI DSS calendar//EN")
	for _, d := range all {
		text := "It is " + d.State.String() + "."
		if d.Whose != "" {
			text = d.Whose + ". " + text
		}
		out.event(fmt.Sprintf("%s.%s", of, d.ID), d.Day, at, strings.TrimSpace(d.Requirement.String()+" "+d.What), text)
	}
	out.line("END", "VCALENDAR")
	if out.err == nil {
		out.err = out.w.Flush()
	}
	if out.err != nil {
		return fmt.Errorf("write calendar: %w", out.err)
	}
	return nil
}

// contentLines writes lines of names and values, folded where they are long.
type contentLines struct {
	w   *bufio.Writer
	err error
}

func (l *contentLines) event(uid string, on questionnaires.Day, at time.Time, summary, text string) {
	l.line("BEGIN", "VEVENT")
	l.line("UID", uid+"@tickmark")
	l.line("DTSTAMP", at.UTC().Format("20060102T150405Z"))
	l.line("DTSTART;VALUE=DATE", strings.ReplaceAll(string(on), "-", ""))
	l.line("SUMMARY", escaped(summary))
	l.line("DESCRIPTION", escaped(text))
	l.line("TRANSP", "TRANSPARENT")
	l.line("END", "VEVENT")
}

// maxLine is how many bytes a line has, its end excluded (RFC 5545, section 3.1).
const maxLine = 75

func (l *contentLines) line(name, value string) {
	rest, room := name+":"+value, maxLine
	for l.err == nil {
		if len(rest) <= room {
			_, l.err = l.w.WriteString(rest + "\r\n")
			return
		}
		cut := room
		for !utf8.RuneStart(rest[cut]) {
			cut--
		}
		_, l.err = l.w.WriteString(rest[:cut] + "\r\n ")
		rest, room = rest[cut:], maxLine-1
	}
}

// escaped is a text as a value (RFC 5545, section 3.3.11), without what is no text.
func escaped(text string) string {
	clean := reports.Clean(text)
	return strings.NewReplacer("\\", "\\\\", ";", "\\;", ",", "\\,", "\n", "\\n").Replace(clean)
}
