"""What the judge's codes say to people. The words a judgement rests on stand in front; a sentence never writes the prompt for the learner."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: dict[str, Promise] = {
    "role_missing": _("No role. Who is to write this, and from where does it look at it?"),
    "role_empty": _("This says nothing about how it works. A job, and what it pays attention to?"),
    "role_no_stance": _("A job, but no stance: what does it pay attention to, and what does it leave alone?"),
    "role_careless": _("Not to care is no way to work. What does it pay attention to?"),
    "role_elsewhere": _("A job, but not one for this work. Who would write this in a firm like yours?"),
    "role_stands": _("The role says how it works. Stands."),
    "task_missing": _("Nothing is asked for that could be handed over. What should be there at the end?"),
    "task_vague": _("This can mean many things. What is the result called?"),
    "task_two": _("Two tasks in one: this would be a prompt of its own."),
    "task_stands": _("One result with a name. Stands."),
    "situation_missing": _(
        "This would stand in any exercise. What is wanted here, for whom, and about what? Say it in words of the situation."
    ),
    "situation_part": _("A little of this situation. What is the result called here, and what is it about?"),
    "situation_stands": _("It asks for what is wanted here. Stands."),
    "reader_missing": _("No reader and no purpose. Who reads it, and what do they do with it?"),
    "reader_anybody": _("Somebody is nobody. Who reads this one, and what do they do with it?"),
    "reader_general": _("A reader in general. What does this one know already, and what do they need it for?"),
    "reader_stands": _("Reader and purpose are clear. Stands."),
    "form_missing": _("No form and no length. What does it look like, and how long is it?"),
    "form_no_length": _("A form, but no length that one can count."),
    "form_no_shape": _("A length, but no form: running text, a list, a table?"),
    "form_stands": _("Form and length can be checked. Stands."),
    "material_missing": _("The prompt refers to something that is not in it. Insert {%(name)s}."),
    "material_unknown_mark": _("No material is called that. It would be sent as it stands."),
    "material_part": _("One material is missing that the task needs: {%(name)s}."),
    "material_retold": _("Retold from memory, although the material lies beside it."),
    "material_retold_lost": _("Retold from memory. Lost: %(where)s%(why)s"),
    "material_pasted": _("The material is in, pasted. Its mark does the same and stays readable. Stands."),
    "material_stands": _("What the task needs is in the prompt. Stands."),
    "gaps_missing": _("Nothing says what to do where the material is silent. The model fills such gaps by itself."),
    "gaps_ban": _("A ban alone. What should stand there instead?"),
    "gaps_filled": _("This asks the model to fill the gaps itself."),
    "gaps_stands": _("It says what to do with what is not known. Stands."),
    "knowable_open": _("%(where)s%(why)s"),
    "knowable_nobody": _("The model cannot know this, so it would make it up."),
    "knowable_figure": _("Nobody gave this figure or date, so the model would make one up."),
    "knowable_soft": _(
        "Asked for with care: only if it is there, or as an estimate. Better: leave it to the rule for gaps."
    ),
    "knowable_stands": _("All of it can be answered from the material. Stands."),
    "people_decides": _("This decides or promises something in our name. That stays with people."),
    "people_advice": _("A recommendation on something that people decide. Say who decides."),
    "people_stands": _("Decisions stay with people. Stands."),
    "personal_contact": _("Contact details that the task does not need. The scrubber makes of them: %(instead)s."),
    "personal_private": _("A private matter, or what somebody is like. The task does not need it."),
    "personal_name": _("A name was typed. The scrubber makes of it: %(instead)s. The function would do."),
    "personal_unknown": _("Whether personal data was typed could not be checked: the scrubber is not available."),
    "personal_stands": _("Nobody is named outside of the material. Stands."),
    # Finding errors, sorting activities
    "error_found": _("Found. %(why)s"),
    "error_false_alarm": _("This holds: the material says so. Read it once more."),
    "errors_missing": _("%(count)d more. Look at: %(kinds)s."),
    "errors_all": _("All of them are found."),
    "sort_right": _("Defensible. %(why)s"),
    "sort_wrong": _("%(why)s"),
    "sort_no_reason": _("Say in a sentence why. Without a reason nobody can defend it."),
    "sort_thin_reason": _(
        "These are no words that say why: it takes five of at least two letters, most of them different. What speaks for it?"
    ),
    "sort_same_reason": _("The same reason stands with another activity. What is it about this one?"),
}
ERROR_KINDS: dict[str, Promise] = {
    "invented": _("something nobody said"), "wrong_figure": _("a wrong figure"), "wrong_person": _("the wrong person"), "promise": _("a promise nobody made"),
    "turned_round": _("something turned into its opposite"),
}  # fmt: skip
