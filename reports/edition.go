package reports

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tickmark/questionnaires"
)

// Edition says which version of the assessment a report is of, and how far that is on
// its way to being issued.
type Edition struct {
	Standing questionnaires.StageStanding
	Issued   *questionnaires.IssuedVersion // nil where it is not issued
	Sections []questionnaires.SectionStanding
	// Reasons are those of the amendment that it is or came of; Before is the version that
	// was amended, and Differs what says something else since.
	Reasons []string
	Before  questionnaires.IssuedVersion
	Differs []questionnaires.Difference
	Vouched *questionnaires.Acknowledgement // by an executive of the entity
}

// LoadVersion reads the dossier of an issued version by its label, "" being the last:
// the same vault gives the same dossier, whatever was written after the issue. It is
// dated by its issue.
func LoadVersion(ctx context.Context, source Source, catalogue *questionnaires.Catalogue, id questionnaires.ID, label string) (Dossier, error) {
	a, err := assessmentOf(ctx, source, catalogue, id)
	if err != nil {
		return Dossier{}, fmt.Errorf("load dossier: %w", err)
	}
	_, then, err := a.Version(label)
	if err != nil {
		return Dossier{}, fmt.Errorf("load dossier: %w", err)
	}
	return load(ctx, source, catalogue, then, time.Time{})
}

func assessmentOf(ctx context.Context, source Source, catalogue *questionnaires.Catalogue, id questionnaires.ID) (*questionnaires.Assessment, error) {
	history, err := source.History(ctx)
	if err != nil {
		return nil, err
	}
	return history.Assessment(catalogue, id)
}

// current is what a report of an assessment is of: where that was issued, the version
// as it was issued, on the day of the issue and on no other.
func current(a *questionnaires.Assessment, date time.Time) (*questionnaires.Assessment, error) {
	now, err := a.Stage()
	if err != nil || now.Stage != questionnaires.Issued {
		return a, err
	}
	v, then, err := a.Version("")
	if err == nil && !date.IsZero() && questionnaires.DayOf(date) != v.Day {
		return nil, fmt.Errorf("dated %s: version %s was issued on %s, and its report bears that day", isoDay(date), v.Label(), v.Day)
	}
	return then, err
}

// loadEdition reads how far the assessment is.
func (d *Dossier) loadEdition() (err error) {
	a, e := d.Assessment, &d.Edition
	if e.Standing, err = a.Stage(); err != nil {
		return err
	}
	if e.Sections, err = a.SectionStandings(); err != nil {
		return err
	}
	if e.Reasons, err = a.Amending(); err != nil {
		return err
	}
	before, then, amended, err := a.Before()
	if err != nil {
		return err
	}
	if amended {
		e.Before, e.Differs = before, a.DiffersFrom(then)
	}
	k, given, err := a.Acknowledgement()
	if err != nil {
		return err
	}
	if given && k.Changed == 0 {
		e.Vouched = &k
	}
	if e.Standing.Stage != questionnaires.Issued {
		return nil
	}
	all, err := a.Versions()
	if err != nil || len(all) == 0 {
		return errors.Join(err, errors.New("it is issued, and no version is there"))
	}
	e.Issued = &all[len(all)-1]
	return nil
}

// themselves reports whether who vouched for the entity wrote so with their own author's
// key. Of anybody else there is a name alone, in the words of whoever wrote it down.
func (e Edition) themselves() bool {
	k := e.Vouched
	return k != nil && questionnaires.SameName(k.Name, k.Author.Name)
}

// voucher says how it is known that somebody vouched for the entity.
func (e Edition) voucher() string {
	k := e.Vouched
	if e.themselves() {
		return fmt.Sprintf("their own entry in the vault, signed with the key of author %s", k.Author.ID.Short())
	}
	return fmt.Sprintf("%s, author %s, who wrote it down: of %s it has the name alone", Line(k.Author.Name), k.Author.ID.Short(), Line(k.Name))
}

// Line says in a line which version it is and how far.
func (e Edition) Line() string {
	if v := e.Issued; v != nil {
		return fmt.Sprintf("%s, issued on %s by %s", v.Label(), v.Day, Line(v.By.Name))
	}
	return fmt.Sprintf("%d, not issued: %s", e.Standing.Version, e.Standing.Stage.Title())
}
