package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
)

// run carries out one command line and returns its exit status.
func run(ctx context.Context, d *door, args []string) int {
	root := newRoot(d)
	root.SetArgs(actionBeforeVault(root, args))
	root.SetIn(d.in)
	root.SetOut(d.out)
	root.SetErr(d.err)
	cmd, err := root.ExecuteContextC(ctx)
	d.tell()
	if err != nil && ctx.Err() != nil && !errors.Is(err, context.Canceled) {
		err = errors.Join(err, context.Canceled)
	}
	if p, is := d.out.(*printed); is && p.lost != nil && (err == nil || errors.Is(err, errAttention) || errors.Is(err, p.lost)) {
		err = fmt.Errorf("print: %w", p.lost)
	}
	return d.report(cmd.CommandPath(), err)
}

func newRoot(d *door) *cobra.Command {
	root := &cobra.Command{
		Use:   "tickmark [VAULT]",
		Short: "The auditor's workbench for PCI DSS on Kubernetes and in the cloud",
		Long: `Tickmark walks an assessor through PCI DSS v4.0.1, attaches evidence that it
collected itself to each answer, keeps everything in one age-encrypted file,
and prints signed PDF reports. It proposes; a person answers.

With a vault's path it opens the workbench. Try it without anything at hand:

  tickmark demo`,
		Args:          cobra.MaximumNArgs(1),
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	var opening opening
	opening.flags(root)
	root.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return cmd.Help()
		}
		if !looksLikeVault(args[0]) {
			return usagef("run %q: it is neither a verb nor a vault", args[0])
		}
		return d.workbench(cmd.Context(), args[0], opening, chosen{})
	}
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error { return usagef("run %s: %w", cmd.CommandPath(), err) })
	root.SetHelpTemplate(root.HelpTemplate() + "\n" + exitStatuses + "\n")
	root.AddCommand(
		d.demoVerb(), d.identityVerb(), d.newVerb(), d.assessmentVerb(), d.openVerb(), d.guideVerb(), d.statusVerb(), d.scopeVerb(), d.engagementVerb(), d.collectVerb(), d.preflightVerb(),
		d.scanVerb(), d.networkVerb(), d.rbacVerb(), d.answerVerb(), d.undoVerb(), d.redoVerb(), d.acceptVerb(), d.riskAnalysisVerb(), d.responsibilityVerb(), d.recordVerb(), d.calendarVerb(), d.freshnessVerb(), d.attachVerb(), d.evidenceVerb(), d.requestVerb(), d.sampleVerb(), d.noteVerb(), d.retentionVerb(), d.questionnaireVerb(), d.checksVerb(), d.policyVerb(),
		d.reportVerb(), d.countersignVerb(), d.verifyVerb(), d.vaultVerb(), d.versionVerb(), d.docsVerb(),
	)
	wrapArgs(root)
	return root
}

// wrapArgs makes wrong numbers of arguments wrong usage, down the tree.
func wrapArgs(cmd *cobra.Command) {
	if check := cmd.Args; check != nil {
		cmd.Args = func(cmd *cobra.Command, args []string) error {
			if err := check(cmd, args); err != nil {
				return withHint(usagef("run %s: %w", cmd.CommandPath(), err), "it is used as `"+cmd.UseLine()+"`")
			}
			return nil
		}
	}
	for _, child := range cmd.Commands() {
		wrapArgs(child)
	}
	if cmd.HasSubCommands() && cmd.HasParent() && cmd.RunE == nil {
		cmd.Args = cobra.ArbitraryArgs
		cmd.RunE = func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usagef("run %s %q: there is no such verb", cmd.CommandPath(), args[0])
			}
			return cmd.Help()
		}
	}
}

func looksLikeVault(arg string) bool {
	if info, err := os.Stat(arg); err == nil && info.Mode().IsRegular() {
		return true
	}
	return strings.HasSuffix(arg, ".vault") || strings.ContainsAny(arg, `/\`)
}
