"""One ledger, three rosters: the enterprises of the new economy, their workers, the mobile party members among them.

Glossary (zh – en – code)
-------------------------
台账            ledger                      ledger
花名册          roster                      ledger.rosters.Roster
新业态企业      enterprise                  Enterprise
新就业群体      workers of the new economy  Worker
流动党员        mobile party member         PartyMember
从业类型        occupation                  station.models.Occupation
统一社会信用代码  credit code (GB 32100)      Enterprise.credit_code
经营状况        business condition          Enterprise.condition
党组织组建      party organisation          Enterprise.party_organisation
未组建原因      why not organised           Enterprise.no_party_reason
党建指导员      party-building instructor   Enterprise.instructor
攻坚/培育/巩固  traffic light               Enterprise.light
政治面貌        affiliation                 Worker.affiliation
摸排            survey, sweep               SurveyRound
核查结果        result of one check         SurveyEntry.result
走访            walk, beat                  ledger.beats.Beat
没查的说明      explanation                 SurveyEntry.note while to check
两轮对比        comparison                  ledger.comparisons.Comparison
一封信          the letter                  station.models.Notice (kind letter), LetterHandout
编号            ledger number               number
最近核实        last confirmed              last_confirmed_on
网格            grid                        station.models.Grid
打印件          printout                    Printout
流出 / 流入     flown out / in              PartyMember.direction
流动党员活动证  activity card               PartyMember.has_activity_card
到站报到        reporting in at a desk      ledger.operations.contacts.report_in
联系记录        note of a contact           ContactNote
台账一览        the ledger at a glance      ledger.figures
组织覆盖        organised                   ledger.figures.counts, organised
工作覆盖        reached                     ledger.figures.counts, reached
人员进出        in and out                  ledger.figures.flow
"""
