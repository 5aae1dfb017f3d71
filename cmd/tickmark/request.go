package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"tickmark/engine/kube"
	"tickmark/questionnaires"
)

func (d *door) requestVerb() *cobra.Command {
	verb := &cobra.Command{Use: "request VAULT list|show|add|set|seed|receive|accept|return|withdraw|export|import", Short: "What the client is asked for"}
	actionsOf(verb, d.requestListVerb(), d.requestShowVerb(), d.requestAddVerb(), d.requestSetVerb(), d.requestSeedVerb(), d.requestReceiveVerb(),
		d.requestAcceptVerb(), d.requestReturnVerb(), d.requestWithdrawVerb(), d.requestExportVerb(), d.requestImportVerb())
	return verb
}

// requestForm is one request of `request list -o json`.
type requestForm struct {
	questionnaires.Request
	Label     string                   `json:"label"`
	Aliases   []string                 `json:"aliases,omitempty"`
	State     string                   `json:"state"`
	Overdue   bool                     `json:"overdue,omitempty"`
	Reason    string                   `json:"reason,omitempty"`
	Evidence  []string                 `json:"evidence,omitempty"`
	Asked     string                   `json:"askedBy"`
	Time      time.Time                `json:"asked"`
	Conflicts []string                 `json:"conflicts,omitempty"`
	Beside    []questionnaires.Request `json:"beside,omitempty"`
}

func formOfRequest(a *questionnaires.Assessment, r questionnaires.Request, on questionnaires.Day) requestForm {
	form := requestForm{
		Request: r, Label: r.Label(), Aliases: r.AliasLabels(), State: r.Word(), Overdue: r.Overdue(on), Reason: r.Reason,
		Asked: r.Author.Name, Time: r.Time, Conflicts: r.Conflicts, Beside: r.Beside,
	}
	for _, id := range r.Evidence {
		if item, known := a.Evidence(id); known {
			form.Evidence = append(form.Evidence, item.Label())
		}
	}
	return form
}

// requestChoice is which requests are meant.
type requestChoice struct {
	open, overdue bool
	owner         string
}

func (c *requestChoice) flags(verb *cobra.Command) {
	verb.Flags().BoolVar(&c.open, "open", false, "only what the client owes: open or returned")
	verb.Flags().BoolVar(&c.overdue, "overdue", false, "only what the client owes and is late")
	verb.Flags().StringVar(&c.owner, "owner", "", "only those of this `OWNER`")
}

func (c requestChoice) of(all []questionnaires.Request, on questionnaires.Day) []questionnaires.Request {
	return slices.DeleteFunc(slices.Clone(all), func(r questionnaires.Request) bool {
		return c.open && !r.Waiting() || c.overdue && !r.Overdue(on) || c.owner != "" && !strings.EqualFold(r.Owner, c.owner)
	})
}

func (d *door) requestListVerb() *cobra.Command {
	var o opening
	var format string
	var choice requestChoice
	verb := &cobra.Command{
		Use: "list VAULT", Short: "List the requests of an assessment", Args: cobra.ExactArgs(1),
		Long: `Lists what the client was asked for, with its state: open, received, accepted or
returned. Ends with 3 if one of them is overdue or was edited side by side.`,
		Example: "  tickmark request shop.vault list --overdue --owner Nadia",
		RunE: func(cmd *cobra.Command, args []string) error {
			a, closing, err := d.looking(cmd.Context(), args[0], o)
			if err != nil {
				return err
			}
			defer closing()
			today := questionnaires.DayOf(d.now())
			all := choice.of(a.Requests(), today)
			if format == "json" {
				forms := make([]requestForm, len(all))
				for i, r := range all {
					forms[i] = formOfRequest(a, r, today)
				}
				err = json.NewEncoder(d.out).Encode(forms)
			} else {
				err = d.printRequests(all, today)
			}
			attention := slices.ContainsFunc(all, func(r questionnaires.Request) bool { return r.Overdue(today) || len(r.Conflicts) > 0 })
			if err == nil && attention {
				err = errAttention
			}
			return err
		},
	}
	o.flags(verb)
	outputFlag(verb, &format)
	choice.flags(verb)
	return verb
}

// printRequests prints a line for each, and the sums.
func (d *door) printRequests(all []questionnaires.Request, today questionnaires.Day) error {
	w := tabwriter.NewWriter(d.out, 0, 0, 2, ' ', 0)
	for _, r := range all {
		due := string(r.Due)
		if r.Overdue(today) {
			due += " overdue"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", r.Label(), r.Word(), due, kube.Printable(r.Owner), kube.Printable(r.Title()))
		if r.Reason != "" {
			fmt.Fprintf(w, "\tbecause\t\t\t%s\n", kube.Printable(strings.Join(strings.Fields(r.Reason), " ")))
		}
		for _, conflict := range r.Conflicts {
			fmt.Fprintf(w, "\tconflict\t\t\t%s\n", kube.Printable(conflict))
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(d.out, questionnaires.CountRequests(all, today))
	return nil
}

func (d *door) requestShowVerb() *cobra.Command {
	return d.showing(&cobra.Command{
		Use: "show VAULT Req-N", Short: "Show one request whole, with what came for it",
		Example: "  tickmark request shop.vault show Req-3",
	}, func(a *questionnaires.Assessment, label string) (any, func(), error) {
		r, err := a.RequestByLabel(label)
		form := formOfRequest(a, r, questionnaires.DayOf(d.now()))
		return form, func() { d.printRequest(a, form) }, err
	})
}

// printRequest prints a request, line by line.
func (d *door) printRequest(a *questionnaires.Assessment, r requestForm) {
	say := func(name, text string) {
		for line := range strings.Lines(text) {
			fmt.Fprintf(d.out, "%-14s%s\n", name, kube.Printable(strings.TrimRight(line, "\r\n")))
			name = ""
		}
	}
	state := r.State
	if r.Overdue {
		state += ", overdue"
	}
	say(r.Label, state)
	say("also", strings.Join(r.Aliases, ", "))
	say("wanted", r.What)
	say("requirements", r.Serving())
	say("period", r.Period())
	say("system", r.System)
	say("owner", r.Owner)
	say("due", string(r.Due))
	say("because", r.Reason)
	say("asked by", r.Asked+" on "+r.Time.UTC().Format(time.DateOnly))
	for _, id := range r.Request.Evidence {
		item, known := a.Evidence(id)
		switch {
		case !known:
			say("received", "evidence that this vault does not hold")
		case item.Expunged != nil:
			say("received", item.Label()+"  "+item.Expunged.String())
		case item.File != nil:
			say("received", item.Label()+"  "+item.File.Name)
		default:
			say("received", item.Label()+"  "+item.Title)
		}
	}
	for _, conflict := range r.Conflicts {
		say("conflict", conflict)
	}
	for _, other := range r.Beside {
		say("other version", other.What)
		say("", strings.Join([]string{other.Serving(), other.Period(), other.System, other.Owner, string(other.Due)}, ", "))
	}
}
