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

// ICalendar writes what is due as all-day events (RFC 5545), one per recurring
// activity that was ever done, and one per activity that a significant change asks
// for and that is open. The same calendar gives the same bytes; an event keeps its UID
// from one writing to the next, so that a calendar program moves it. At is when the
// calendar was made.
func ICalendar(w io.Writer, of questionnaires.ID, c questionnaires.Calendar, at time.Time) error {
	out := &contentLines{w: bufio.NewWriter(w)}
	out.line("BEGIN", "VCALENDAR")
	out.line("VERSION", "2.0")
	out.line("PRODID", "-//Tickmark//PCI DSS calendar//EN")
	for _, r := range c.Recurring {
		if r.Due == "" {
			continue
		}
		text := fmt.Sprintf("%s, last done on %s.", r.Every, r.Last)
		if r.State == questionnaires.Late {
			text += " It is late."
		}
		out.event(fmt.Sprintf("%s.%s", of, r.Requirement), r.Due, at, fmt.Sprintf("%s %s", r.Requirement, r.Title), text)
	}
	for _, change := range c.Changes {
		if change.Done != "" {
			continue
		}
		out.event(fmt.Sprintf("%s.%s.%s", of, change.Change.ID, change.Requirement), change.On, at,
			fmt.Sprintf("%s %s", change.Requirement, change.Title), "After a significant change: "+change.What)
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
