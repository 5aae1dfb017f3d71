package main

import (
	"github.com/spf13/cobra"

	"tickmark/questionnaires"
)

func (d *door) requestReceiveVerb() *cobra.Command {
	var o opening
	var evidence []string
	verb := &cobra.Command{
		Use: "receive VAULT Req-N... --evidence Evidence-N", Short: "Note that evidence came for requests", Args: cobra.MinimumNArgs(2),
		Long: `Notes that evidence of the vault came for one or more requests. tickmark request
VAULT import takes whole folders in.`,
		Example: "  tickmark request shop.vault receive Req-3 Req-9 --evidence Evidence-22",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(evidence) == 0 {
				return usagef("receive: --evidence is needed")
			}
			return d.withRequests(cmd, args[0], o, d.eachRequest(args[1:], func(a *questionnaires.Assessment, r questionnaires.Request) (questionnaires.Draft, error) {
				var ids []questionnaires.ID
				for _, label := range evidence {
					item, err := a.EvidenceByLabel(label)
					if err != nil {
						return questionnaires.Draft{}, err
					}
					ids = append(ids, item.ID)
				}
				return a.ReceiveRequest(r.ID, ids...)
			}))
		},
	}
	o.flags(verb)
	verb.Flags().StringSliceVar(&evidence, "evidence", nil, "`NUMBER` of evidence that came (repeatable)")
	return verb
}

func (d *door) requestAcceptVerb() *cobra.Command {
	var o opening
	verb := &cobra.Command{
		Use: "accept VAULT Req-N...", Short: "Accept what was received", Args: cobra.MinimumNArgs(2),
		Long: `Accepts what was received for requests. What comes for one later, or a change of
what it asks for, has to be accepted again.`,
		Example: "  tickmark request shop.vault accept Req-3",
		RunE: func(cmd *cobra.Command, args []string) error {
			return d.withRequests(cmd, args[0], o, d.eachRequest(args[1:], func(a *questionnaires.Assessment, r questionnaires.Request) (questionnaires.Draft, error) {
				return a.AcceptRequest(r.ID)
			}))
		},
	}
	o.flags(verb)
	return verb
}

func (d *door) requestReturnVerb() *cobra.Command {
	var o opening
	var reason string
	verb := &cobra.Command{
		Use: "return VAULT Req-N... --reason TEXT", Short: "Return what was received, with the reason", Args: cobra.MinimumNArgs(2),
		Long: `Returns requests: what was received does not do. The evidence stays in the vault;
the client reads the reason in the next list that is exported.`,
		Example: "  tickmark request shop.vault return Req-3 --reason 'The review of the first half-year is missing.'",
		RunE: func(cmd *cobra.Command, args []string) error {
			if reason == "" {
				return usagef("return: --reason is needed")
			}
			return d.withRequests(cmd, args[0], o, d.eachRequest(args[1:], func(a *questionnaires.Assessment, r questionnaires.Request) (questionnaires.Draft, error) {
				return a.ReturnRequest(r.ID, reason)
			}))
		},
	}
	o.flags(verb)
	verb.Flags().StringVar(&reason, "reason", "", "`TEXT` that says what is missing")
	return verb
}

func (d *door) requestWithdrawVerb() *cobra.Command {
	var o opening
	var again bool
	verb := &cobra.Command{
		Use: "withdraw VAULT Req-N...", Short: "Not ask for something any more", Args: cobra.MinimumNArgs(2),
		Long: `Withdraws requests. They stay in the vault with what came for them, keep their
numbers, and are in no list that is exported; nothing can come for them. --again asks
for them once more.`,
		Example: "  tickmark request shop.vault withdraw Req-5",
		RunE: func(cmd *cobra.Command, args []string) error {
			return d.withRequests(cmd, args[0], o, d.eachRequest(args[1:], func(a *questionnaires.Assessment, r questionnaires.Request) (questionnaires.Draft, error) {
				return a.WithdrawRequest(r.ID, !again)
			}))
		},
	}
	o.flags(verb)
	verb.Flags().BoolVar(&again, "again", false, "ask for what was withdrawn again")
	return verb
}
